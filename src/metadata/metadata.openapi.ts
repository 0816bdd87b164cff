/** What the OpenAPI document says of the service document and `$metadata`. */
import { applyDecorators } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';

import { FailsWith } from '../openapi/error-responses.js';
import { AcceptsOptions } from '../openapi/query-options.js';
import { SINGLETON_TYPE } from './singleton.js';

export function DescribesServiceDocument(): MethodDecorator {
  return applyDecorators(
    ApiTags('service'),
    ApiOperation({
      summary: 'Get the service document',
      description: 'What there is at the root.',
    }),
    AcceptsOptions(['format']),
    ApiFoundResponse({
      description: 'The way to the reference page, for browsers that ask without a version.',
      headers: { Location: { description: 'Where it is.', schema: { type: 'string' } } },
    }),
    ApiOkResponse({
      description: 'The service document.',
      schema: {
        type: 'object',
        required: ['value'],
        properties: {
          '@odata.context': { type: 'string' },
          value: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'kind', 'url'],
              properties: {
                name: { type: 'string' },
                kind: { type: 'string' },
                url: { type: 'string' },
              },
            },
          },
        },
      },
    }),
    FailsWith('NotAcceptable'),
  );
}

export function DescribesSingleton(): MethodDecorator {
  return applyDecorators(
    ApiTags('service'),
    ApiOperation({
      summary: 'Get what the service document names',
      description: 'The way to the device configurations. There is nothing to it but its id.',
    }),
    AcceptsOptions(['select', 'format'], SINGLETON_TYPE),
    ApiOkResponse({
      description: 'The singleton.',
      schema: {
        type: 'object',
        required: [SINGLETON_TYPE.key],
        properties: {
          '@odata.context': { type: 'string' },
          [SINGLETON_TYPE.key]: { type: 'string' },
        },
      },
    }),
    FailsWith('NotAcceptable'),
  );
}

export function DescribesMetadata(): MethodDecorator {
  return applyDecorators(
    ApiTags('service'),
    ApiOperation({
      summary: 'Get the metadata',
      description:
        'The types, the resources and what can be asked of them, in CSDL: XML, or JSON for ' +
        'who prefers it.',
    }),
    ApiQuery({
      name: '$format',
      required: false,
      description: 'The representation, in place of `Accept`.',
      schema: { type: 'string', default: 'xml', example: 'json' },
    }),
    ApiOkResponse({
      description: 'The metadata.',
      content: {
        'application/xml': { schema: { type: 'string' } },
        'application/json': { schema: { type: 'object' } },
      },
    }),
    FailsWith('NotAcceptable'),
  );
}

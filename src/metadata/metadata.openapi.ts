/** What the OpenAPI document says of the service document and `$metadata`. */
import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

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
    AcceptsOptions(['format']),
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

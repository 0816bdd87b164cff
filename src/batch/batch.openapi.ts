/** What the OpenAPI document says of `$batch`. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  type SchemaObject,
} from '@nestjs/swagger';

import { FailsWith } from '../openapi/error-responses.js';
import { Prefers } from '../openapi/request-headers.js';
import { describeHeaders } from '../openapi/response-headers.js';
import { MAX_BATCH_BYTES, MAX_BATCH_ITEMS } from './batch-item.js';

const HEADERS: SchemaObject = { type: 'object', additionalProperties: { type: 'string' } };

const REQUEST: SchemaObject = {
  type: 'object',
  required: ['id', 'method', 'url'],
  properties: {
    id: { type: 'string', minLength: 1, description: 'Unique in the batch, whatever its case.' },
    method: { type: 'string', enum: ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'] },
    url: {
      type: 'string',
      minLength: 1,
      description:
        'Relative to the version, with or without `/` or a version in front; or `$` and the ' +
        'id of a request in `dependsOn`, for what that one has made.',
    },
    headers: { ...HEADERS, description: 'A request with a body needs a `Content-Type`.' },
    body: { type: 'object' },
    dependsOn: {
      type: 'array',
      items: { type: 'string' },
      description: 'The ids of requests that must have succeeded before.',
    },
  },
};

const RESPONSE: SchemaObject = {
  type: 'object',
  required: ['id', 'status', 'headers'],
  properties: {
    id: { type: 'string' },
    status: { type: 'integer' },
    headers: HEADERS,
    body: { description: 'JSON as it is, text as a string, anything else as base64url.' },
  },
};

const MULTIPART: SchemaObject = {
  type: 'string',
  description:
    'As `multipart/mixed`: parts of `application/http`, and change sets, which are stored as ' +
    'a whole or not at all.',
};

function toBatch(member: string, items: SchemaObject, more: SchemaObject = {}): SchemaObject {
  const list: SchemaObject = { type: 'array', items, ...more };
  return { type: 'object', required: [member], properties: { [member]: list } };
}

export function DescribesBatch(): MethodDecorator {
  return applyDecorators(
    ApiTags('service'),
    ApiOperation({
      summary: 'Send several requests at once',
      description:
        `At most ${String(MAX_BATCH_ITEMS)} requests and ` +
        `${MAX_BATCH_BYTES.toLocaleString('en')} bytes. Each is judged as a ` +
        'single call is, with the token of the batch where it has none of its ' +
        'own. The creates of one batch share a commit.',
    }),
    ApiConsumes('application/json', 'multipart/mixed'),
    ApiBody({
      required: true,
      description: 'The requests.',
      schema: {
        oneOf: [
          toBatch('requests', REQUEST, { minItems: 1, maxItems: MAX_BATCH_ITEMS }),
          MULTIPART,
        ],
      },
    }),
    Prefers('odata.continue-on-error'),
    ApiOkResponse({
      description: 'The answers, in the format and the order of the requests.',
      content: {
        'application/json': { schema: toBatch('responses', RESPONSE) },
        'multipart/mixed': { schema: MULTIPART },
      },
      headers: describeHeaders('Preference-Applied'),
    }),
    FailsWith('NotAcceptable'),
  );
}

/** What the OpenAPI document says of `$batch`. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiExtension,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  type SchemaObject,
} from '@nestjs/swagger';

import { REQUEST_BODY_EXTENSION } from '../openapi/describe-operations.js';
import { FailsWith } from '../openapi/error-responses.js';
import { AcceptsOptions } from '../openapi/query-options.js';
import { Prefers } from '../openapi/request-headers.js';
import { describeHeaders } from '../openapi/response-headers.js';
import { JSON_EXAMPLE, MULTIPART_EXAMPLE, MULTIPART_TYPE } from './batch.examples.js';
import { MAX_BATCH_BYTES, MAX_JSON_REQUESTS, MAX_MULTIPART_REQUESTS } from './batch-item.js';

const HEADERS: SchemaObject = { type: 'object', additionalProperties: { type: 'string' } };

/** What Graph takes as a number, too; it is answered as text. */
const NAME: SchemaObject = { type: ['string', 'integer'], minLength: 1 };

const REQUEST: SchemaObject = {
  type: 'object',
  required: ['id', 'method', 'url'],
  properties: {
    id: { ...NAME, description: 'Unique in the batch, whatever its case.' },
    method: {
      type: 'string',
      description: 'GET, HEAD, POST, PATCH, PUT or DELETE, in any case.',
      example: 'GET',
    },
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
      items: NAME,
      description: 'The ids of requests, and names of groups, that must have succeeded before.',
    },
    atomicityGroup: {
      ...NAME,
      description:
        'The changes that stand one behind the other with one name are stored as a whole or not ' +
        'at all.',
    },
  },
};

const RESPONSE: SchemaObject = {
  type: 'object',
  required: ['status', 'headers'],
  properties: {
    id: { type: 'string', description: 'Absent where a part had no `Content-ID`.' },
    atomicityGroup: { type: 'string', description: 'Of the group or change set.' },
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
    AcceptsOptions(['format']),
    ApiOperation({
      summary: 'Send several requests at once',
      description:
        `At most ${String(MAX_JSON_REQUESTS)} requests in JSON or ` +
        `${String(MAX_MULTIPART_REQUESTS)} in \`multipart/mixed\` (\`BATCH_MAX_REQUESTS\`), ` +
        `and ${MAX_BATCH_BYTES.toLocaleString('en')} bytes. Each is judged as a single call is, ` +
        'with the token of the batch where it has none of its own. The creates of one batch ' +
        'share a commit.',
    }),
    ApiExtension(REQUEST_BODY_EXTENSION, {
      required: true,
      description: 'The requests.',
      content: {
        'application/json': {
          schema: toBatch('requests', REQUEST, { minItems: 1 }),
          examples: { batch: { value: JSON_EXAMPLE } },
        },
        [MULTIPART_TYPE]: {
          schema: MULTIPART,
          examples: { batch: { value: MULTIPART_EXAMPLE } },
        },
      },
    }),
    Prefers('odata.continue-on-error'),
    ApiOkResponse({
      description:
        'The answers, in the order and the format of the requests; in JSON to `multipart/mixed`, ' +
        'too, where that is what `Accept` asks for.',
      content: {
        'application/json': { schema: toBatch('responses', RESPONSE) },
        'multipart/mixed': { schema: MULTIPART },
      },
      headers: describeHeaders('Preference-Applied'),
    }),
    FailsWith('NotAcceptable'),
  );
}

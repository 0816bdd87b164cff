/**
 * The catalogue of errors as responses of OpenAPI: one for each set of codes that share an HTTP
 * status.
 */
import {
  ApiExtension,
  type ReferenceObject,
  type ResponseObject,
  type SchemaObject,
} from '@nestjs/swagger';

import { ERROR_STATUS, type ErrorCode } from '../errors/graph-error.js';
import { toErrorExample } from './error-examples.js';
import { describeHeaders } from './response-headers.js';

/** Where the document reads from what an operation can fail with. */
export const ERRORS_EXTENSION = 'x-errors';

/** Declares what an operation can fail with beside what every operation can. */
export function FailsWith(...codes: ErrorCode[]): MethodDecorator {
  return ApiExtension(ERRORS_EXTENSION, codes);
}

const ERROR_SCHEMA = 'error';

const FAULT: Readonly<Record<string, SchemaObject>> = {
  code: { type: 'string', minLength: 1, description: 'For programs: added, never renamed.' },
  message: { type: 'string', minLength: 1, description: 'For people: it may change.' },
  target: {
    type: 'string',
    description: 'The property, the query option or the part of the URL that is wrong.',
  },
};

/** `ErrorBody`, in the words of JSON Schema. */
export const ERROR_SCHEMAS: Readonly<Record<string, SchemaObject>> = {
  [ERROR_SCHEMA]: {
    type: 'object',
    description: "The envelope of every failure, as Graph's.",
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message', 'innerError'],
        properties: {
          ...FAULT,
          details: {
            type: 'array',
            description: 'Every fault of a body.',
            items: {
              type: 'object',
              required: ['code', 'message', 'target'],
              properties: FAULT,
            },
          },
          innerError: {
            type: 'object',
            required: ['date', 'request-id', 'client-request-id'],
            properties: {
              date: {
                type: 'string',
                pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`,
                description: 'UTC, without a zone.',
              },
              'request-id': { type: 'string', format: 'uuid' },
              'client-request-id': { type: 'string' },
            },
          },
        },
      },
    },
  },
};

/** What can happen to any request, mostly before it comes to its handler. */
const FAILURES_OF_ALL: readonly ErrorCode[] = [
  'RequestTimeout',
  'PreconditionFailed',
  'UriTooLong',
  'UnsupportedMediaType',
  'TooManyRequests',
  'RequestHeaderFieldsTooLarge',
  'InternalServerError',
  'NotImplemented',
  'ServiceUnavailable',
];

const OF_ALL = 'AnyOther';

/** The errors that operations have, each set of codes once, for the document's components. */
export class ErrorResponses {
  readonly components: Record<string, ResponseObject> = { [OF_ALL]: toResponse(FAILURES_OF_ALL) };

  /** The response of whatever an operation does not name. */
  readonly ofAll: ReferenceObject = { $ref: `#/components/responses/${OF_ALL}` };

  /** The responses that hold these codes, by status. */
  refer(codes: readonly ErrorCode[]): Record<string, ReferenceObject> {
    const byStatus = new Map<number, ErrorCode[]>();
    // In the order of the catalogue, and each once.
    for (const code of Object.keys(ERROR_STATUS) as ErrorCode[]) {
      if (!codes.includes(code)) continue;
      const status = ERROR_STATUS[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    return Object.fromEntries(
      [...byStatus].map(([status, shared]) => {
        const name = shared.join('Or');
        this.components[name] ??= toResponse(shared);
        return [String(status), { $ref: `#/components/responses/${name}` }];
      }),
    );
  }
}

function toResponse(codes: readonly ErrorCode[]): ResponseObject {
  return {
    description: codes
      .map((code) => `${String(ERROR_STATUS[code])} \`${code}\`: ${MEANINGS[code]}`)
      .join(' '),
    headers: {
      ...describeHeaders('request-id', 'client-request-id'),
      ...(isAboutToken(codes) ? describeHeaders('WWW-Authenticate') : {}),
      ...(codes.some((code) => RETRIED.includes(code)) ? describeHeaders('Retry-After') : {}),
    },
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: `#/components/schemas/${ERROR_SCHEMA}` },
            {
              type: 'object',
              properties: {
                error: { type: 'object', properties: { code: { enum: [...codes] } } },
              },
            },
          ],
        },
        examples: Object.fromEntries(codes.map((code) => [code, { value: toErrorExample(code) }])),
      },
    },
  };
}

/** What may well succeed later. */
const RETRIED: readonly ErrorCode[] = ['TooManyRequests', 'ServiceUnavailable'];

function isAboutToken(codes: readonly ErrorCode[]): boolean {
  return codes.includes('InvalidAuthenticationToken') || codes.includes('Forbidden');
}

/** One sentence for each code; docs/errors.md has the whole of it. */
const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  BadRequest: 'the request cannot be understood, or has a query option that does not apply.',
  ModelValidationFailure: 'a property is unknown, missing, of the wrong type or out of range.',
  InvalidAuthenticationToken: 'there is no token, or it is not good.',
  Forbidden: 'the token lacks the permission.',
  ResourceNotFound: 'there is no such entity or path.',
  MethodNotAllowed: 'the path does not have the method.',
  NotAcceptable: '`Accept` or `$format` takes nothing that can be served.',
  RequestTimeout: 'the request took too long to arrive.',
  Conflict: 'the id is taken in this collection.',
  Gone: 'the `$skiptoken` is not valid for this request, or more than a day old.',
  PreconditionFailed: 'a condition of the request fails, or it asks for isolation.',
  RequestEntityTooLarge: 'the body is too large.',
  UriTooLong: 'the URL is too long.',
  UnsupportedMediaType: 'the body is not `application/json`, or is compressed.',
  FailedDependency: 'a request of the batch that this one depends on failed.',
  TooManyRequests: 'the caller has sent as much as it may for now, where the service has a limit.',
  RequestHeaderFieldsTooLarge: 'the request line and the headers are too large.',
  InternalServerError: 'a fault of the service.',
  NotImplemented: 'a part of OData that the service does not have.',
  ServiceUnavailable: 'the service or its database is away for a moment.',
  InsufficientStorage: 'the disk is full; nothing was stored.',
};

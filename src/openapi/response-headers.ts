import type { HeaderObject, HeadersObject } from '@nestjs/swagger';

/** Every header that a response here can have and a caller can need, by its name. */
export const RESPONSE_HEADERS = {
  'request-id': {
    description: 'The id of the request; the log of the service has it.',
    schema: { type: 'string', format: 'uuid' },
  },
  'client-request-id': {
    description: "The caller's `client-request-id`, or else the `request-id`.",
    schema: { type: 'string' },
  },
  'OData-Version': {
    description: 'The version of OData that the payload is in.',
    schema: { type: 'string', enum: ['4.0'] },
  },
  ETag: {
    description: 'The entity tag: another one after every change of the entity.',
    schema: { type: 'string' },
  },
  Location: {
    description: 'The address of the entity.',
    schema: { type: 'string', format: 'uri' },
  },
  'OData-EntityId': {
    description: 'The id of the entity, where there is no body to hold it.',
    schema: { type: 'string', format: 'uri' },
  },
  'Preference-Applied': {
    description: 'The preferences of the request that were applied.',
    schema: { type: 'string' },
  },
  'WWW-Authenticate': {
    description: 'What is wrong with the token (RFC 6750, section 3).',
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'After how many seconds to send the request again.',
    schema: { type: 'integer', minimum: 0 },
  },
} as const satisfies Readonly<Record<string, HeaderObject>>;

export type ResponseHeader = keyof typeof RESPONSE_HEADERS;

/** References to the headers, as a response holds them. */
export function describeHeaders(...names: ResponseHeader[]): HeadersObject {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

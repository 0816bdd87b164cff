import type { FastifyRequest } from 'fastify';

import type { RequestIds } from '../errors/error-body.js';
import { readHeader, type Headers } from '../odata/protocol/odata-request.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent where the server refused the request before its ids were read. */
    ids?: RequestIds;
  }
}

const MAX_CLIENT_REQUEST_ID_LENGTH = 128;
const PRINTABLE = /^[\x20-\x7e]+$/;

/** The caller's id is echoed as it was sent, where it can be: real clients send ids that are no UUIDs. */
export function readRequestIds({ id, headers }: { id: string; headers: Headers }): RequestIds {
  const sent = readHeader(headers, 'client-request-id') ?? '';
  const isEchoed = sent.length <= MAX_CLIENT_REQUEST_ID_LENGTH && PRINTABLE.test(sent);
  return { requestId: id, clientRequestId: isEchoed ? sent : id };
}

export function idsOf(request: FastifyRequest): RequestIds {
  return request.ids ?? readRequestIds(request);
}

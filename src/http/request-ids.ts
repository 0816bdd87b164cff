import type { FastifyReply, FastifyRequest } from 'fastify';

import type { RequestIds } from '../errors/error-body.js';

const MAX_CLIENT_REQUEST_ID_LENGTH = 128;
const PRINTABLE = /^[\x20-\x7e]+$/;

/** The caller's id is echoed as it was sent, where it can be: real clients send ids that are no UUIDs. */
export function readRequestIds(request: FastifyRequest): RequestIds {
  const sent = request.headers['client-request-id'];
  const isEchoed =
    typeof sent === 'string' && sent.length <= MAX_CLIENT_REQUEST_ID_LENGTH && PRINTABLE.test(sent);
  return { requestId: request.id, clientRequestId: isEchoed ? sent : request.id };
}

/** The headers that every response has. */
export function setCommonHeaders(reply: FastifyReply, ids: RequestIds): void {
  void reply.headers({
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
    'Cache-Control': 'no-store',
  });
}

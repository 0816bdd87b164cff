import type { FastifyReply, FastifyRequest } from 'fastify';

import { toErrorBody } from '../errors/error-body.js';
import { toGraphError } from '../errors/to-graph-error.js';
import { readRequestIds, setCommonHeaders } from './request-ids.js';

/** Answers anything thrown with Graph's envelope. What is our fault is logged, because the answer tells nothing of it. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toGraphError(thrown);
  const isOurFault = error.status >= 500 && error.code !== 'NotImplemented';
  if (isOurFault) request.log.error({ err: thrown }, 'failed');

  const ids = readRequestIds(request);
  setCommonHeaders(reply, ids);
  void reply
    .code(error.status)
    .headers(error.headers)
    .header('Content-Type', 'application/json')
    // As bytes: to a text Fastify would add a charset, which Graph's errors do not have.
    .send(Buffer.from(JSON.stringify(toErrorBody(error, ids))));
}

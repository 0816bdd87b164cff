import type { FastifyReply, FastifyRequest } from 'fastify';

import { toErrorBody } from '../errors/error-body.js';
import type { GraphError } from '../errors/graph-error.js';
import { toGraphError } from '../errors/to-graph-error.js';
import { readRequestIds, setCommonHeaders } from './request-ids.js';

/** Answers anything thrown with Graph's envelope. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toGraphError(thrown);
  logError(error, thrown, request);

  const ids = readRequestIds(request);
  setCommonHeaders(reply, ids);
  void reply
    .code(error.status)
    .headers(error.headers)
    .header('Content-Type', 'application/json')
    // As bytes: to a text Fastify would add a charset, which Graph's errors do not have.
    .send(Buffer.from(JSON.stringify(toErrorBody(error, ids))));
}

/** What is not the caller's fault is logged, because the answer tells nothing of its cause. */
function logError(error: GraphError, thrown: unknown, { log }: FastifyRequest): void {
  if (error.code === 'InternalServerError') {
    log.error({ err: thrown }, 'failed');
  } else if (error.code === 'ServiceUnavailable' || error.code === 'InsufficientStorage') {
    // There may be thousands a second of these: a line each, and no stack.
    const { cause } = error;
    log.warn({ reason: cause instanceof Error ? cause.message : undefined }, error.message);
  }
}

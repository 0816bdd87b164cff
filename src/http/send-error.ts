import type { FastifyReply, FastifyRequest } from 'fastify';

import { toErrorBody, type RequestIds } from '../errors/error-body.js';
import type { GraphError } from '../errors/graph-error.js';
import { toGraphError } from '../errors/to-graph-error.js';
import type { FaultLog } from '../odata/protocol/odata-request.js';
import { ODataResponse } from '../odata/protocol/odata-response.js';
import { toCommonHeaders } from './common-headers.js';
import { idsOf } from './request-ids.js';

/** Answers anything thrown with Graph's envelope. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const ids = idsOf(request);
  const { raw, log } = request;
  const error = toGraphError(thrown);
  request.refusal = error;
  const { status, headers, body } = toErrorResponse(error, ids, log);
  if (isStranger(error, request) && raw.socket.peer!.isAmongMany)
    reply.header('Connection', 'close');
  void reply
    .code(status)
    .headers(toCommonHeaders(ids, raw.socket, raw.authority ?? raw.headers.host))
    .headers(headers)
    // As bytes: to a text Fastify would add a charset, which Graph's errors do not have.
    .send(Buffer.from(body!));
}

/** Whether nobody vouches for who is refused. Who lacks a permission has a good token. */
function isStranger({ status, code }: GraphError, { caller }: FastifyRequest): boolean {
  return caller === undefined && status < 500 && code !== 'Forbidden';
}

/** Anything thrown as the answer to a single call, or to an item of a batch. */
export function toErrorResponse(thrown: unknown, ids: RequestIds, log: FaultLog): ODataResponse {
  const error = toGraphError(thrown);
  logError(error, ids, log);
  const headers = { ...error.headers, 'Content-Type': 'application/json' };
  return new ODataResponse(error.status, headers, JSON.stringify(toErrorBody(error, ids)));
}

/** What is not the caller's fault is logged, because the answer tells nothing of its cause. */
function logError(error: GraphError, { requestId }: RequestIds, log: FaultLog): void {
  if (error.code === 'InternalServerError') {
    log.error({ requestId, err: error.cause ?? error }, 'failed');
  } else if (error.code === 'ServiceUnavailable' || error.code === 'InsufficientStorage') {
    // There may be thousands a second of these: a line each, and no stack.
    const { cause } = error;
    const reason = cause instanceof Error ? cause.message : undefined;
    log.warn({ requestId, reason }, error.message);
  }
}

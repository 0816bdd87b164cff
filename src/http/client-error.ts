import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { toErrorBody } from '../errors/error-body.js';
import type { GraphError } from '../errors/graph-error.js';
import { toGraphError } from '../errors/to-graph-error.js';
import { ODATA_VERSION } from '../odata/odata-response.js';

/** On each connection, the last request that was answered before all of it had arrived. */
const answeredEarly = new WeakMap<Socket, IncomingMessage>();

/** Remembers what was answered early, so that it is not answered again when the rest of it is late or malformed. */
export function registerEarlyAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) answeredEarly.set(raw.socket, raw);
    done();
  });
}

/** The answer to bytes that never became a request, written by hand because there is no response object. */
export function answerClientError(fault: Error & { code?: string }, socket: Socket): void {
  const pending = pendingAnswer(socket);
  // Earlier requests on the connection are complete and wait for their answers: they must not take ours for one.
  if (pending?.req.complete === true) {
    pending.once('finish', () => {
      // Node makes the next response the pending one after this event.
      setImmediate(() => {
        answerClientError(fault, socket);
      });
    });
    return;
  }
  // Gone, in the middle of its own answer, or answered already: nothing more can be said.
  const isAnswered = pending?.headersSent === true || answeredEarly.get(socket)?.complete === false;
  if (fault.code === 'ECONNRESET' || !socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  socket.end(toRawResponse(toGraphError(fault)), () => {
    socket.destroySoon();
  });
}

/** The response that the connection is waiting for; Node has no public name for it. */
function pendingAnswer(socket: Socket): ServerResponse | undefined {
  return (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

function toRawResponse(error: GraphError): string {
  const requestId = randomUUID();
  const body = JSON.stringify(toErrorBody(error, { requestId, clientRequestId: requestId }));
  const headers = {
    'OData-Version': ODATA_VERSION,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'request-id': requestId,
    'client-request-id': requestId,
    ...error.headers,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${String(error.status)} ${STATUS_CODES[error.status] ?? ''}`;
  return [status, ...lines, '', body].join('\r\n');
}

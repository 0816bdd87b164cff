import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { toErrorBody } from '../errors/error-body.js';
import type { GraphError } from '../errors/graph-error.js';
import { toGraphError } from '../errors/to-graph-error.js';

/** The answer to bytes that never became a request, written by hand because there is no response object. */
export function answerClientError(fault: Error & { code?: string }, socket: Socket): void {
  const pending = pendingAnswer(socket);
  // Earlier requests on the connection are complete and wait for their answers: they must not take ours for one.
  if (pending?.req.complete === true) {
    endAfter(pending, socket);
    return;
  }
  // Gone, or in the middle of its own answer: nothing more can be said. Node's own handler asks the same.
  if (fault.code === 'ECONNRESET' || !socket.writable || pending?.headersSent === true) {
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

/** Lets one answer after the other finish, and closes the connection then. */
function endAfter(pending: ServerResponse, socket: Socket): void {
  pending.once('finish', () => {
    // Node makes the next response the pending one after this event.
    setImmediate(() => {
      const next = pendingAnswer(socket);
      if (next?.req.complete === true) endAfter(next, socket);
      else socket.destroySoon();
    });
  });
}

function toRawResponse(error: GraphError): string {
  const requestId = randomUUID();
  const body = JSON.stringify(toErrorBody(error, { requestId, clientRequestId: requestId }));
  const headers = {
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

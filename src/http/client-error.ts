import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { toErrorBody } from '../errors/error-body.js';
import { toGraphError } from '../errors/to-graph-error.js';

/** The answer to bytes that never became a request, written by hand because there is no response object. */
export function answerClientError(fault: NodeJS.ErrnoException, socket: Socket): void {
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse };
  // An earlier request on the connection is complete and waits for its answer: it must not take ours for it.
  if (answer?.req.complete === true) {
    answer.once('finish', () => {
      socket.destroySoon();
    });
    return;
  }
  // Gone, or in the middle of its own answer: nothing more can be said. Node's own handler asks the same.
  if (fault.code === 'ECONNRESET' || !socket.writable || answer?.headersSent === true) {
    socket.destroy();
    return;
  }
  const error = toGraphError(fault);
  const requestId = randomUUID();
  const body = JSON.stringify(toErrorBody(error, { requestId, clientRequestId: requestId }));
  const head = [
    `HTTP/1.1 ${String(error.status)} ${STATUS_CODES[error.status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Cache-Control: no-store',
    `request-id: ${requestId}`,
    `client-request-id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
    socket.destroySoon();
  });
}

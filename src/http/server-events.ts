import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { GraphError } from '../errors/graph-error.js';
import type { ClientErrors } from './errors/client-error.js';
import type { Connections } from './connections/connections.js';

const CONTINUE = /^100-continue$/i;

/** What Node would otherwise answer by itself: before any check, or without the envelope. */
export function registerServerEvents(
  server: Server,
  connections: Connections,
  clientErrors: ClientErrors,
): void {
  // 100-continue waits for the checks; an expectation that is not known may be ignored (RFC 9110,
  // 10.1.1).
  for (const event of ['checkContinue', 'checkExpectation'] as const) {
    server.on(event, (request, response) => {
      server.emit('request', request, response);
    });
  }
  server.on('connect', (_request, socket: Socket) => {
    connections.guard(socket, () => {
      clientErrors.answer(connectNotAllowed(), socket);
    });
  });
}

function connectNotAllowed(): GraphError {
  return new GraphError('MethodNotAllowed', 'The method CONNECT is not allowed here.', {
    headers: { Allow: '' },
  });
}

/**
 * Tells a caller that asked first to send its body. A stranger's is not worth the way, nor one that
 * is too long. HTTP/1.0 knows no such question (RFC 9110, 10.1.1).
 */
export function inviteBody(request: FastifyRequest, reply: FastifyReply): void {
  const { headers, raw } = request;
  if (headers.expect === undefined || raw.httpVersion !== '1.1') return;
  if (!CONTINUE.test(headers.expect)) return;
  if (Number(headers['content-length'] ?? 0) > request.routeOptions.bodyLimit) return;
  reply.raw.writeContinue();
}

import type { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { GraphError } from '../errors/graph-error.js';

/** How long requests in flight may take to finish once the service is told to stop. */
const DRAIN_TIMEOUT_MS = 8000;

/** Whether the service still takes work, and what is open while it does. */
export class Shutdown {
  /** Whether no connection is kept open behind its next answer. */
  isStopping = false;
  private readonly sockets = new Set<Socket>();

  register(fastify: FastifyInstance): void {
    // Node knows a connection only from its first request on; one that has not said a word would hold up the end.
    fastify.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    // Once the service stops, each connection ends with the answer it waits for.
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.isStopping) void reply.header('Connection', 'close');
      done();
    });
  }

  /** From now on new requests on open connections are refused, and those in flight have a limited time. */
  begin(): void {
    this.isStopping = true;
    this.destroy((socket) => socket.bytesRead === 0);
    setTimeout(() => {
      this.destroy(() => true);
    }, DRAIN_TIMEOUT_MS).unref();
  }

  check(): void {
    if (!this.isStopping) return;
    throw new GraphError('ServiceUnavailable', 'The service is stopping. Try again shortly.', {
      headers: { 'Retry-After': '1' },
    });
  }

  private destroy(isDoomed: (socket: Socket) => boolean): void {
    for (const socket of this.sockets) if (isDoomed(socket)) socket.destroy();
  }
}

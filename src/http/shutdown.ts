import type { FastifyInstance } from 'fastify';

import { GraphError } from '../errors/graph-error.js';

/** How long requests in flight may take to finish once the service is told to stop. */
const DRAIN_TIMEOUT_MS = 8000;

/** Whether the service still takes work. */
export class Shutdown {
  private isStopping = false;

  /** Once the service stops, each connection ends with the answer it waits for. */
  register(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.isStopping) void reply.header('Connection', 'close');
      done();
    });
  }

  /** From now on new requests on open connections are refused, and those in flight have a limited time. */
  begin(fastify: FastifyInstance): void {
    this.isStopping = true;
    setTimeout(() => {
      fastify.server.closeAllConnections();
    }, DRAIN_TIMEOUT_MS).unref();
  }

  check(): void {
    if (!this.isStopping) return;
    throw new GraphError('ServiceUnavailable', 'The service is stopping. Try again shortly.', {
      headers: { 'Retry-After': '1' },
    });
  }
}

import { Server } from 'node:net';
import { setImmediate, setTimeout as pause } from 'node:timers/promises';

import { GraphError } from '../errors/graph-error.js';
import type { Connections } from './connections/connections.js';

/** How long requests in flight may take to finish once the service is told to stop. */
const DRAIN_TIMEOUT_MS = 8000;

/**
 * How long what is on its way already may take to arrive and be refused: whoever is cut off instead
 * does not know what became of the request.
 */
const ARRIVAL_MS = 100;

/** Whether the service still takes work. */
export class Shutdown {
  constructor(private readonly connections: Connections) {}

  /**
   * From now on new requests are refused, and those in flight have a limited time. Resolves when
   * connections on which nothing is asked may be closed.
   */
  async begin(server: Server): Promise<void> {
    // Who waits at the door is let in.
    await setImmediate();
    // Not the server's own, which also closes connections whose requests are on their way.
    Server.prototype.close.call(server);
    this.connections.stop();
    setTimeout(() => {
      this.connections.destroyAll();
    }, DRAIN_TIMEOUT_MS).unref();
    await pause(ARRIVAL_MS);
  }

  check(): void {
    if (!this.connections.isStopping) return;
    throw new GraphError('ServiceUnavailable', 'The service is stopping. Try again shortly.', {
      headers: { 'Retry-After': '1' },
    });
  }
}

import { GraphError } from '../errors/graph-error.js';
import type { Connections } from './connections/connections.js';

/** How long requests in flight may take to finish once the service is told to stop. */
const DRAIN_TIMEOUT_MS = 8000;

/** Whether the service still takes work. */
export class Shutdown {
  constructor(private readonly connections: Connections) {}

  /**
   * From now on new requests on open connections are refused, and those in flight have a limited
   * time.
   */
  begin(): void {
    this.connections.stop();
    setTimeout(() => {
      this.connections.destroyAll();
    }, DRAIN_TIMEOUT_MS).unref();
  }

  check(): void {
    if (!this.connections.isStopping) return;
    throw new GraphError('ServiceUnavailable', 'The service is stopping. Try again shortly.', {
      headers: { 'Retry-After': '1' },
    });
  }
}

import type { Logger } from 'pino';

/** Why a connection was closed: nothing is lost where it was idle. */
type Reason = 'refused' | 'idle' | 'pipelined' | 'slow';

/** The settings that bound how many there may be. */
type Limit = 'MAX_CONNECTIONS' | 'MAX_CONNECTIONS_PER_ADDRESS';

/** It is told so often at most. */
const TELL_INTERVAL_MS = 60_000;

/**
 * Connections that ended before their time, told together: it is an attack, a limit that is too
 * low, or clients that do not trust the certificate.
 */
export class EndedConnections {
  private closed = noneClosed();
  private limits: Partial<Record<Limit, number>> = {};
  private handshakes: Record<string, number> = {};
  private toldAtMs = -Infinity;

  constructor(private readonly logger: Logger) {}

  countClosed(reason: Reason, limit?: Limit): void {
    this.closed[reason] += 1;
    if (limit !== undefined) this.limits[limit] = (this.limits[limit] ?? 0) + 1;
  }

  /** By the code that Node or OpenSSL has for it: of these there are not many. */
  countHandshake(code: string): void {
    this.handshakes[code] = (this.handshakes[code] ?? 0) + 1;
  }

  tellIfDue(): void {
    if (performance.now() - this.toldAtMs >= TELL_INTERVAL_MS) this.tell();
  }

  tell(): void {
    const { closed, limits, handshakes } = this;
    const counts = [...Object.values(closed), ...Object.values(handshakes)];
    if (counts.every((count) => count === 0)) return;
    this.logger.warn(
      { closed, limits, handshakes },
      'connections were closed for their limits, or failed in the TLS handshake',
    );
    this.closed = noneClosed();
    this.limits = {};
    this.handshakes = {};
    this.toldAtMs = performance.now();
  }
}

function noneClosed(): Record<Reason, number> {
  return { refused: 0, idle: 0, pipelined: 0, slow: 0 };
}

import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';

import type { Connection } from './connection.js';
import type { EndedConnections } from './ended-connections.js';

export const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
const TIMED_OUT = 'ERR_TLS_HANDSHAKE_TIMEOUT';
/** A peer that was there for so long was not the one to give up. */
const TIMED_OUT_MS = 0.9 * TLS_HANDSHAKE_TIMEOUT_MS;
const GONE = 'ECONNRESET';

/** Connections whose TLS handshake is not over, and what becomes of those that fail in it. */
export class Handshakes {
  /** By both their ends: what was accepted and what speaks TLS over it are two sockets. */
  private readonly open = new Map<string, Connection>();

  constructor(private readonly ended: EndedConnections) {}

  listen(server: HttpServer): void {
    server.on('tlsClientError', ({ code = 'unknown' }: NodeJS.ErrnoException, socket: Socket) => {
      // Of these two the socket does not say any more which connection it was: the close does.
      if (code === GONE || code === TIMED_OUT) return;
      if (this.take(socket) !== undefined) this.ended.countHandshake(code);
    });
  }

  begin(accepted: Socket, connection: Connection): void {
    const key = toKey(accepted);
    this.open.set(key, connection);
    accepted.once('close', () => {
      if (this.open.get(key) !== connection) return;
      this.open.delete(key);
      this.countClosed(connection);
    });
  }

  /** Which connection it is that speaks TLS now; `undefined` where that was reset meanwhile. */
  take(socket: Socket): Connection | undefined {
    const key = toKey(socket);
    const connection = this.open.get(key);
    this.open.delete(key);
    return connection;
  }

  private countClosed({ isEnding, isSilent, openedAtMs }: Connection): void {
    // It was ours to close.
    if (isEnding) return;
    if (performance.now() - openedAtMs > TIMED_OUT_MS) this.ended.countHandshake(TIMED_OUT);
    // Who never says a word only looks whether the port is open, as balancers do.
    else if (!isSilent) this.ended.countHandshake(GONE);
  }
}

function toKey({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(' ');
}

/** The headers that every response has. */
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import type { RequestIds } from '../errors/error-body.js';

const STRICT_TRANSPORT_SECONDS = 31_536_000;

const LOOPBACK_NAME = /^(?:.+\.)?localhost\.?$/i;

/** `host` is the name that the caller knows the service by, with or without a port. */
export function toCommonHeaders(
  ids: RequestIds,
  socket: Socket,
  host: string | false | null | undefined,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
  if (socket instanceof TLSSocket && typeof host === 'string' && isPublicName(host)) {
    headers['Strict-Transport-Security'] = `max-age=${String(STRICT_TRANSPORT_SECONDS)}`;
  }
  return headers;
}

/**
 * What a browser is told of `localhost` holds for whatever else a developer runs there; an address
 * has no such promise (RFC 6797, 8.1.1).
 */
function isPublicName(host: string): boolean {
  const name = host.replace(/:\d*$/, '');
  return name !== '' && !LOOPBACK_NAME.test(name) && isIP(name.replace(/^\[(.*)\]$/, '$1')) === 0;
}

/**
 * For which host a request is, and whether that is one of ours. Forwarded headers are not read:
 * anyone can send them.
 */
import type { FastifyRequest } from 'fastify';

import type { Config } from '../config/config.js';
import { GraphError, shorten } from '../errors/graph-error.js';

/** RFC 9110, 7.2: `uri-host [ ":" port ]`, in the characters that host names and addresses have. */
const HOST = /^((?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?|\[[0-9a-f:.]+\])(?::(\d{0,5}))?$/i;
const MAX_HOST_LENGTH = 255;
const MAX_PORT = 65_535;

/** What only this machine can be (RFC 6761, 6.3), whatever anybody's DNS says. */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Probes ask by the address of the process, and learn nothing that pages elsewhere could use. */
const PROBES = '/health/';

type OriginConfig = Pick<Config, 'publicUrl' | 'allowedHosts' | 'auth'>;

/**
 * Makes what reads the origin for absolute URLs. It throws for a host that is malformed, or not one
 * that is answered to.
 */
export function createOriginReader(config: OriginConfig): (request: FastifyRequest) => string {
  const { publicUrl } = config;
  /** The one that was good last: nearly all callers name the same. */
  let lastHost: string | undefined;

  return (request) => {
    const host = readHost(request);
    if (host === undefined) return publicUrl ?? `${request.protocol}://${addressOf(request)}`;
    if (host !== lastHost) {
      const name = parseHostName(host);
      if (!request.url.startsWith(PROBES)) {
        requireAllowed(name, config);
        lastHost = host;
      }
    }
    return publicUrl ?? `${request.protocol}://${host}`;
  };
}

/**
 * HTTP/1.0 alone needs no Host. An authority in the request line must be the same (RFC 9112,
 * 3.2.2): a proxy in front may have judged by it.
 */
function readHost({ raw }: FastifyRequest): string | undefined {
  const { authority, headers } = raw;
  const { host } = headers;
  if (host === undefined && raw.httpVersion === '1.0') return authority;
  if (authority === undefined || authority.toLowerCase() === host?.toLowerCase()) return host ?? '';
  throw new GraphError(
    'BadRequest',
    "The URL names another host than the header 'Host': send the same in both.",
  );
}

/** What was connected to: the caller does not say, and could not say anything else. */
function addressOf({ raw }: FastifyRequest): string {
  const { localAddress = '127.0.0.1', localPort = 0 } = raw.socket;
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return `${address}:${String(localPort)}`;
}

/** In the form in which names are compared: in lower case, without the dot of the root. */
function parseHostName(host: string): string {
  const match = host.length <= MAX_HOST_LENGTH ? HOST.exec(host) : null;
  if (match === null || Number(match[2] ?? 0) > MAX_PORT) {
    throw new GraphError(
      'BadRequest',
      "The header 'Host' is missing or malformed: send the host's name, and its port.",
    );
  }
  return match[1]!.toLowerCase().replace(/\.$/, '');
}

function requireAllowed(name: string, { allowedHosts, auth }: OriginConfig): void {
  if (allowedHosts === undefined || allowedHosts.some((pattern) => isMatch(name, pattern))) return;
  const isLocal = auth.mode === 'local';
  if (isLocal && LOOPBACK.test(name)) return;
  throw new GraphError(
    'BadRequest',
    `The host '${shorten(name)}' is not one that the service answers to: call it ` +
      `${isLocal ? "by 'localhost'" : 'by its own name'}, or have this one added to ` +
      'ALLOWED_HOSTS.',
  );
}

function isMatch(name: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
}

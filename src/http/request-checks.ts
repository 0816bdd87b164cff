/**
 * What a request must be before anything is done for it. Each check refuses what Node's parser and
 * the framework let through.
 */
import type { IncomingMessage } from 'node:http';

import type { FastifyRequest } from 'fastify';

import type { Caller } from '../auth/caller.js';
import { GraphError } from '../errors/graph-error.js';
import { splitParameters } from '../odata/protocol/header-values.js';
import { readHeader, type Headers } from '../odata/protocol/odata-request.js';
import { splitQuery } from '../odata/protocol/resource-path.js';
import { METHODS, methodNotAllowed, type Operations } from '../operations/operations.js';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Scheme and authority of the service as the caller sees it: PUBLIC_URL, or else the request's
     * own.
     */
    origin: string;
    /** Who calls, as far as the token says; absent where none is needed. */
    caller?: Caller | undefined;
  }
}

/**
 * The longest URL, in bytes of its request line. Two keys of 256 characters fit, percent-encoded.
 */
export const MAX_URL_LENGTH = 16_384;

/** Headers of which a second one makes a request ambiguous; Node would drop it without a word. */
const SINGLE_HEADERS = ['host', 'authorization', 'content-type'] as const;

/**
 * Where a connection goes on behind a request that could be read in two ways, a proxy in front may
 * see other requests (RFC 9112, 11.2).
 */
const CLOSE = { headers: { Connection: 'close' } };

/** Refuses a request that is not sound HTTP/1.1 or HTTP/1.0 (RFC 9112). */
export function checkProtocol({ raw, originalUrl }: FastifyRequest): void {
  if (raw.httpVersion !== '1.1' && raw.httpVersion !== '1.0') {
    throw new GraphError('BadRequest', 'The HTTP version is not supported: send HTTP/1.1.');
  }
  if (raw.headers['transfer-encoding'] !== undefined) checkTransferEncoding(raw);
  checkUrlLength(originalUrl);
  for (const name of SINGLE_HEADERS) {
    let count = 0;
    for (let at = 0; at < raw.rawHeaders.length; at += 2) {
      const written = raw.rawHeaders[at]!;
      if (written.length === name.length && written.toLowerCase() === name) count += 1;
    }
    if (count > 1) {
      throw new GraphError('BadRequest', `The header '${name}' may be sent only once.`);
    }
  }
}

/** HTTP/1.0 knows no chunks (RFC 9112, 6.1), and here nobody knows any coding but them. */
function checkTransferEncoding({ headers, httpVersion }: IncomingMessage): void {
  const coding = headers['transfer-encoding']?.toLowerCase();
  if (httpVersion === '1.0' || coding === '') {
    const message = "The body has no clear end: send it with 'Content-Length'.";
    throw new GraphError('BadRequest', message, CLOSE);
  }
  if (coding === 'chunked') return;
  throw new GraphError(
    'UnsupportedMediaType',
    "The Transfer-Encoding is not supported: send the body 'chunked', or with 'Content-Length'.",
    CLOSE,
  );
}

export function checkUrlLength(url: string): void {
  if (url.length <= MAX_URL_LENGTH) return;
  throw new GraphError(
    'UriTooLong',
    `The URL is too long: at most ${String(MAX_URL_LENGTH)} characters are read.`,
  );
}

/** Refuses a URL that names nothing, and a method that its resource does not have. */
export function checkRoute(request: FastifyRequest, operations: Operations): void {
  const { raw, server, method, is404 } = request;
  if (raw.refusal !== undefined) throw raw.refusal;
  if (raw.unknownPath !== undefined) throw operations.noSuchResource(raw.unknownPath);
  // The kind decides, not the route: to the router a reserved segment such as `$count` looks like a
  // key.
  if (raw.resource !== undefined) operations.get(raw.resource.kind, method);
  // CORS has a route for OPTIONS of whatever there is.
  if (!is404 && (METHODS as readonly string[]).includes(method)) return;

  const path = splitQuery(request.url).path;
  const allowed = METHODS.filter((each) => Boolean(server.findRoute({ method: each, url: path })));
  if (allowed.length === 0) throw operations.noSuchResource(path);
  throw methodNotAllowed(method, allowed);
}

/**
 * Refuses a caller that speaks only versions of OData that are not spoken here, or asks for
 * isolation from the writes of others, which there is none of (OData 4.01 Protocol, 8.1.5, 8.2.6
 * and 8.2.7).
 */
export function checkODataHeaders({ headers }: { headers: Headers }): void {
  const maxVersion = readVersion(headers, 'odata-maxversion');
  if (maxVersion !== undefined && !/^(?:[4-9]|[1-9]\d+)\.\d+$/.test(maxVersion)) {
    throw new GraphError('BadRequest', "The header 'OData-MaxVersion' must be '4.0' or higher.");
  }
  const version = readVersion(headers, 'odata-version');
  if (version !== undefined && !/^4\.01?$/.test(version)) {
    throw new GraphError('BadRequest', "The header 'OData-Version' must be '4.0' or '4.01'.");
  }
  if (headers['odata-isolation'] !== undefined || headers.isolation !== undefined) {
    throw new GraphError(
      'PreconditionFailed',
      "Isolation is not supported: leave the header 'OData-Isolation' out.",
    );
  }
}

/** Without what .NET's client adds behind a semicolon: its own name. */
function readVersion(headers: Headers, name: string): string | undefined {
  const header = readHeader(headers, name);
  return header === undefined ? undefined : splitParameters(header)[0];
}

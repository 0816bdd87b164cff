import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server as HttpServer, ServerOptions } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';

import {
  type FastifyBaseLogger,
  LogController,
  type FastifyHttpOptions,
  type FastifyHttpsOptions,
} from 'fastify';
import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import { answerClientError } from './client-error.js';
import { sendError } from './send-error.js';

/** The request line and all headers together (the answer says so, too). Tokens of large organisations take up to 16 KiB. */
const MAX_HEADER_BYTES = 32_768;

/** How long the headers may take to arrive, at most; the whole request has REQUEST_TIMEOUT_SECONDS. */
const HEADERS_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/** An idle connection is kept a little longer than the load balancers in front of it keep theirs (60 s). */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** A socket on which nothing moves, in either direction, is closed. */
const IDLE_SOCKET_TIMEOUT_MS = 120_000;

const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;

export function toServerOptions(
  config: Config,
  logger: Logger,
): FastifyHttpOptions<HttpServer, Logger> | FastifyHttpsOptions<HttpsServer, Logger> {
  const server: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, config.requestTimeoutMs),
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
    // Node's own answer to a missing Host has no envelope; ours has.
    requireHostHeader: false,
  };
  const options = {
    loggerInstance: logger,
    // One line per request, of our own making.
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all: what is logged of a request names it.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    genReqId: () => randomUUID(),
    requestIdHeader: false as const,
    trustProxy: false as const,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionTimeout: IDLE_SOCKET_TIMEOUT_MS,
    // Ours refuses with the envelope.
    return503OnClosing: false,
    forceCloseConnections: 'idle' as const,
    frameworkErrors: sendError,
    clientErrorHandler: answerClientError,
  };
  return config.tls === undefined
    ? { ...options, http: server }
    : { ...options, https: { ...server, ...readCertificate(config.tls) } };
}

function readCertificate({ certFile, keyFile }: { certFile: string; keyFile: string }) {
  const cert = readText('TLS_CERT_FILE', certFile);
  const key = readText('TLS_KEY_FILE', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new Error(
      `TLS_CERT_FILE '${certFile}' and TLS_KEY_FILE '${keyFile}' cannot be used: ` +
        `they must be a PEM certificate and its private key (${(cause as Error).message})`,
      { cause },
    );
  }
  return { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS } as const;
}

function readText(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${variable} '${file}' cannot be read (${(cause as Error).message})`, {
      cause,
    });
  }
}

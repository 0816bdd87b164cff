import { randomUUID } from 'node:crypto';
import {
  createServer as createHttpServer,
  type RequestListener,
  type Server as HttpServer,
  type ServerOptions,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

import {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type FastifyHttpOptions,
  type FastifyHttpsOptions,
} from 'fastify';
import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import type { Certificate } from './certificate.js';
import type { ClientErrors } from './errors/client-error.js';
import { toCorsHeaders } from './cors.js';
import type { Connections } from './connections/connections.js';
import { TLS_HANDSHAKE_TIMEOUT_MS } from './connections/handshakes.js';
import { OneAtATime } from './connections/one-at-a-time.js';
import type { RequestLog } from './log/request-log.js';
import { sendError } from './errors/send-error.js';
import { registerServerEvents } from './server-events.js';

/**
 * The request line and all headers together (the answer says so, too). Tokens of large
 * organisations take up to 16 KiB.
 */
const MAX_HEADER_BYTES = 32_768;

/**
 * How long the headers may take to arrive, at most; the whole request has REQUEST_TIMEOUT_SECONDS.
 */
const HEADERS_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/** A socket on which nothing moves, in either direction, is closed. */
const IDLE_SOCKET_TIMEOUT_MS = 120_000;

/** What the server tells of its connections and of the requests that it refuses by itself. */
export interface Edge {
  connections: Connections;
  clientErrors: ClientErrors;
  requestLog: RequestLog;
  /** Absent, http is spoken. */
  certificate: Certificate | undefined;
}

/**
 * Fastify's own error handler is the last, behind ours: it comes when that failed, or a hook behind
 * it, and would tell the caller why. This is the only thing it calls before.
 */
class LastErrors extends LogController {
  constructor(private readonly connections: Connections) {
    super({ disableRequestLogging: true });
  }

  override defaultErrorLog(error: Error, { raw }: FastifyRequest): void {
    this.connections.fail(raw.socket, error);
  }
}

export function toServerOptions(
  config: Config,
  logger: Logger,
  { connections, clientErrors, requestLog, certificate }: Edge,
): FastifyHttpOptions<HttpServer, Logger> | FastifyHttpsOptions<HttpsServer, Logger> {
  const nodeOptions: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, config.requestTimeoutMs),
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
    // Node's own answer to a missing Host has no envelope; ours has.
    requireHostHeader: false,
  };
  const tlsOptions =
    certificate === undefined
      ? undefined
      : { ...nodeOptions, ...certificate.options, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS };

  function createServer(serve: RequestListener): HttpServer {
    const { take } = new OneAtATime(serve, connections);
    const server =
      tlsOptions === undefined
        ? createHttpServer(nodeOptions, take)
        : createHttpsServer(tlsOptions, take);
    server.setTimeout(IDLE_SOCKET_TIMEOUT_MS);
    // Node would drop those beyond 2,000 without a word; the limit in bytes is the one that holds.
    server.maxHeadersCount = 0;
    connections.limit(server);
    registerServerEvents(server, connections, clientErrors);
    return server;
  }

  const options = {
    loggerInstance: logger,
    // One line per request, of our own making.
    logController: new LastErrors(connections),
    // One logger for all: what is logged of a request names it.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    genReqId: () => randomUUID(),
    requestIdHeader: false as const,
    trustProxy: false as const,
    bodyLimit: config.bodyLimitBytes,
    // Ours refuses with the envelope.
    return503OnClosing: false,
    forceCloseConnections: 'idle' as const,
    frameworkErrors(error: Error, request: FastifyRequest, reply: FastifyReply) {
      // These come before the hooks, and so before the log.
      reply.raw.once('close', () => {
        requestLog.add(request, reply);
      });
      if (config.corsOrigins.length > 0) {
        void reply.headers(toCorsHeaders(config.corsOrigins, request.headers.origin));
      }
      sendError(error, request, reply);
    },
    clientErrorHandler(error: Error, socket: Socket) {
      connections.guard(socket, () => {
        clientErrors.answer(error, socket);
      });
    },
    serverFactory: createServer,
  };
  return tlsOptions === undefined ? options : { ...options, https: tlsOptions };
}

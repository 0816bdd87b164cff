import 'reflect-metadata';

import type { Server as HttpsServer } from 'node:https';
import { setTimeout } from 'node:timers/promises';

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

import { AppModule } from './app.module.js';
import { Authenticator } from './auth/authenticator.js';
import type { Caller } from './auth/caller.js';
import { isWriting } from './auth/permissions.js';
import type { Config } from './config/config.js';
import { Readiness } from './health/readiness.js';
import { registerBodyParsers } from './http/bodies/body-parsers.js';
import { findDecoder } from './http/bodies/content-coding.js';
import { hasBody } from './http/bodies/request-body.js';
import { AnswerBudget } from './http/connections/answer-budget.js';
import { ClientErrors } from './http/errors/client-error.js';
import { Certificate } from './http/certificate.js';
import { toCommonHeaders } from './http/common-headers.js';
import { answerPreflight, registerCors } from './http/cors.js';
import { Connections } from './http/connections/connections.js';
import { refuseGlobalEnhancers } from './operations/enhancers.js';
import { GraphErrorFilter } from './http/errors/graph-error.filter.js';
import { NestLog } from './http/log/logger.js';
import { Operations } from './operations/operations.js';
import { checkODataHeaders, checkProtocol, checkRoute } from './http/request-checks.js';
import { createOriginReader } from './http/request-origin.js';
import { readRequestIds } from './http/request-ids.js';
import { RequestLog } from './http/log/request-log.js';
import { createUrlRewriter } from './operations/rewrite-url.js';
import { toServerOptions } from './http/server-options.js';
import { serveOperations } from './operations/serve-operations.js';
import { inviteBody } from './http/server-events.js';
import { Shutdown } from './http/shutdown.js';
import { OpenApiDocument } from './openapi/openapi-document.js';
import { findResource } from './resources.js';
import { Admission } from './scheduling/admission.js';
import { RateLimits } from './scheduling/rate-limits.js';
import { DEVICE_MANAGEMENT } from './entity-sets/entity-set.url.js';

/** The service, built and not yet listening. */
export interface App {
  nest: NestFastifyApplication;
  /** Returns the URL that the service answers at. */
  listen(): Promise<string>;
  /** Reads the certificate of TLS anew, where there is one. */
  renewCertificate(): Promise<void>;
  /** Serves on for DRAIN_DELAY_SECONDS, no longer ready, and closes. */
  stop(): Promise<void>;
  /** Finishes what is in flight, within `DRAIN_TIMEOUT_MS`, and closes the database. */
  close(): Promise<void>;
}

/** Throws the reason of `stop` where that aborts before the database is open. */
export async function createApp(
  config: Config,
  logger: Logger,
  stop: AbortSignal = new AbortController().signal,
): Promise<App> {
  for (const warning of config.warnings) logger.warn(warning);
  const certificate = config.tls && (await Certificate.read(config.tls, logger));
  const requestLog = new RequestLog(logger);
  const clientErrors = new ClientErrors(requestLog, config.corsOrigins);
  const connections = new Connections(
    { connections: config.maxConnections, perAddress: config.maxConnectionsPerAddress },
    logger,
  );
  const adapter = new FastifyAdapter({
    ...toServerOptions(config, logger, { connections, clientErrors, requestLog, certificate }),
    // Nest's middleware, of which there is none here.
    skipMiddie: true,
    rewriteUrl: createUrlRewriter(DEVICE_MANAGEMENT, findResource),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  const shutdown = new Shutdown(connections);

  registerBodyParsers(fastify);
  requestLog.register(fastify);

  const nest = await NestFactory.create<NestFastifyApplication>(
    AppModule.forConfig(config, stop),
    adapter,
    {
      logger: new NestLog(logger),
      // Or a start that fails would end the process, in tests too, and hide its cause.
      abortOnError: false,
      bodyParser: false,
    },
  );
  // A plugin of Fastify's belongs here, `await nest.register(…)`: one that is registered later does
  // not see what the checks refuse.
  registerCors(nest, config.corsOrigins);
  registerRequestChecks(fastify, config, shutdown, nest);
  nest.useGlobalFilters(new GraphErrorFilter());
  refuseGlobalEnhancers(nest);
  nest.get(OpenApiDocument).application = nest;
  await nest.init();

  async function close(): Promise<void> {
    await shutdown.begin(fastify.server);
    await nest.close();
  }

  return {
    nest,
    async listen() {
      await nest.listen(config.port, config.host);
      return nest.getUrl();
    },
    async renewCertificate() {
      await certificate?.renew(nest.getHttpServer() as unknown as HttpsServer);
    },
    async stop() {
      nest.get(Readiness).isWithdrawn = true;
      if (config.drainDelayMs > 0) await setTimeout(config.drainDelayMs);
      await close();
    },
    close,
  };
}

/** In the order in which a request may be refused, all of it before the body is read. */
function registerRequestChecks(
  fastify: FastifyInstance,
  config: Config,
  shutdown: Shutdown,
  nest: NestFastifyApplication,
): void {
  const authenticator = nest.get(Authenticator);
  const operations = nest.get(Operations);
  const limits = nest.get(RateLimits);
  const readOrigin = createOriginReader(config);
  const admission = new Admission();
  serveOperations(fastify, operations, nest.get(AnswerBudget), admission, config.queryTimeoutMs);
  fastify.decorateRequest('origin', '');
  fastify.decorateRequest('ids');
  fastify.decorateRequest('caller');
  // With a callback and not async: what is known already, as a token that was seen before, is not
  // waited for.
  fastify.addHook('onRequest', (request, reply, done) => {
    const ids = readRequestIds(request);
    request.ids = ids;
    const { raw } = request;
    void reply.headers(toCommonHeaders(ids, raw.socket, raw.authority ?? raw.headers.host));
    shutdown.check();
    checkProtocol(request);
    request.origin = readOrigin(request);
    if (request.corsPreflightEnabled === true) {
      answerPreflight(request, reply);
      return;
    }
    checkRoute(request, operations);
    // A route that does not say who may call it may be called by nobody.
    const { access = [] } = request.routeOptions.config;
    if (isWriting(access)) admission.check();
    const known = authenticator.authenticate(request.headers.authorization, access);
    const admit = (caller: Caller | undefined): void | Promise<void> => {
      // Whoever is refused is known to the log, too.
      request.caller = caller;
      authenticator.requirePermission(caller, access);
      return limits.admit(caller?.account, access);
    };
    const goOn = (): void => {
      // Refuses a coding that nothing here undoes.
      if (hasBody(request.headers)) findDecoder(request.headers);
      checkODataHeaders(request);
      inviteBody(request, reply);
    };
    const admitted = known instanceof Promise ? known.then(admit) : admit(known);
    if (admitted === undefined) {
      goOn();
      done();
    } else {
      admitted.then(goOn).then(() => {
        done();
      }, done);
    }
  });
}

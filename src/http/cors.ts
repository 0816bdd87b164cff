/**
 * What pages of other origins may do (Fetch standard, "CORS protocol"). `@fastify/cors` says so in
 * the answers of Fastify; `toCorsHeaders` is for those that Fastify does not make.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { METHODS } from '../operations/operations.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it is a preflight, of an origin that is answered to; `@fastify/cors` sets it. */
    corsPreflightEnabled?: boolean;
  }
}

type CorsOptions = NonNullable<Parameters<NestFastifyApplication['enableCors']>[0]>;

/** What a page may read besides the few headers that every page may. */
const EXPOSED_HEADERS = [
  'ETag',
  'Location',
  'OData-Version',
  'OData-EntityId',
  'Preference-Applied',
  'Retry-After',
  'request-id',
  'client-request-id',
].join(', ');

/** As long as Chromium remembers a preflight at most. */
const MAX_AGE_SECONDS = 7200;

const ANSWERED: CorsOptions = {
  methods: [...METHODS],
  // Any: no cookie speaks for the caller here. `*` alone would not do for `Authorization`.
  allowedHeaders: ['Authorization', '*'],
  exposedHeaders: EXPOSED_HEADERS,
  maxAge: MAX_AGE_SECONDS,
  // `answerPreflight` comes behind the checks of protocol and host.
  preflightContinue: true,
};

/** To an origin that is not allowed, the service is one without CORS. */
export function registerCors(nest: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  nest.enableCors({
    delegator(request, done) {
      const { origin, 'access-control-request-method': method } = request.headers;
      // `@fastify/cors` takes every OPTIONS for a preflight, or refuses it without our envelope.
      const preflight = origin !== undefined && method !== undefined;
      done(null, { ...ANSWERED, origin: findAllowed(origins, origin) ?? false, preflight });
    },
  });
}

/** A browser asks without a token, and wants no more than the headers that are set already. */
export function answerPreflight({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.socket.peer!.isAmongMany) void reply.header('Connection', 'close');
  void reply.code(204).send();
}

export function toCorsHeaders(
  origins: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> {
  const allowed = findAllowed(origins, origin);
  if (allowed === undefined) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': allowed,
    'Access-Control-Expose-Headers': EXPOSED_HEADERS,
  };
}

function findAllowed(origins: readonly string[], origin: string | undefined): string | undefined {
  return origins.find((allowed) => allowed === '*' || allowed === origin);
}

import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';

import { unsupportedContentType } from '../../errors/to-graph-error.js';
import { parseMediaType } from '../../odata/protocol/header-values.js';
import { ByteBudget, type ByteLimits } from '../connections/byte-budget.js';
import { missingContentType, requireJson, requireUtf8 } from './content-type.js';
import { hasBody, readBody } from './request-body.js';
import { parseStrictJson } from './strict-json.js';

/**
 * What bodies may take until their requests are over. The largest that BODY_LIMIT_BYTES can allow
 * is half of a caller's share.
 */
const BODY_LIMITS: ByteLimits = { perCallerBytes: 33_554_432, inAllBytes: 67_108_864 };

type Done = (error: Error | null, body?: unknown) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the body is refused, all of which was read. */
    bodyFault?: Error;
  }
}

/**
 * JSON is read, strictly; the routes that read for themselves get it as bytes, and
 * `multipart/mixed`, too. A body of any other type, or of none, is refused before it is read. A
 * type without a body says nothing: many clients name one with every DELETE.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  const budget = new ByteBudget(BODY_LIMITS);
  fastify.addHook('onRoute', (route: RouteOptions) => {
    const limitBytes = route.config?.body?.limitBytes;
    if (limitBytes !== undefined) route.bodyLimit = limitBytes;
  });
  fastify.decorateRequest('bodyFault');
  fastify.addHook('preValidation', (request, _reply, done) => {
    done(request.bodyFault);
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', (request, _payload, done) => {
    const isRaw = request.routeOptions.config.body?.isRaw === true;
    read(request, budget, done, (bytes) => {
      if (hasBody(request.headers)) requireJson(request.headers['content-type']);
      if (bytes === undefined || bytes.length === 0) return undefined;
      return isRaw ? bytes : parseStrictJson(bytes);
    });
  });
  fastify.addContentTypeParser('multipart/mixed', (request, _payload, done) => {
    if (request.routeOptions.config.body?.isRaw === true) {
      requireUtf8(parseMediaType(request.headers['content-type'] ?? ''));
      read(request, budget, done, (bytes) => bytes);
    } else {
      done(hasBody(request.headers) ? unsupportedContentType() : null);
    }
  });
  fastify.addContentTypeParser('*', (request, _payload, done) => {
    if (!hasBody(request.headers)) done(null);
    else if (request.headers['content-type'] !== undefined) done(unsupportedContentType());
    else done(missingContentType());
  });
}

/** What `toBody` makes of the bytes is the body; what it throws is the refusal. */
function read(
  request: FastifyRequest,
  budget: ByteBudget,
  done: Done,
  toBody: (bytes: Buffer | undefined) => unknown,
): void {
  readBody(request, request.routeOptions.bodyLimit, budget, (error, bytes) => {
    let body: unknown;
    try {
      if (error !== null) throw error;
      body = toBody(bytes);
    } catch (fault) {
      refuse(fault as Error, request, done);
      return;
    }
    done(null, body);
  });
}

/**
 * Fastify closes the connection where a parser fails, because more of the body may come. Where all
 * of it has come, the connection is good for the next request.
 */
function refuse(error: Error, request: FastifyRequest, done: Done): void {
  if (!request.raw.complete) {
    done(error);
    return;
  }
  request.bodyFault = error;
  done(null);
}

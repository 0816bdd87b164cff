import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';

import { GraphError } from '../errors/graph-error.js';
import { unsupportedContentType } from '../errors/to-graph-error.js';
import { parseStrictJson } from './strict-json.js';

/**
 * JSON is read, strictly; the routes that read for themselves get it as bytes, and `multipart/mixed`, too. A body of any other type, or
 * of none, is refused before it is read. A type without a body says nothing: many clients name one with every DELETE.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    const limitBytes = route.config?.body?.limitBytes;
    if (limitBytes !== undefined) route.bodyLimit = limitBytes;
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      const isRaw = request.routeOptions.config.body?.isRaw === true;
      if (body.length === 0) done(null, undefined);
      else done(null, isRaw ? body : parseStrictJson(body));
    },
  );
  fastify.addContentTypeParser(
    'multipart/mixed',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      const isTaken = request.routeOptions.config.body?.isRaw === true;
      if (isTaken) done(null, body);
      else done(hasBody(request) ? unsupportedContentType() : null);
    },
  );
  fastify.addContentTypeParser('*', (request, _payload, done) => {
    if (!hasBody(request)) done(null);
    else if (request.headers['content-type'] !== undefined) done(unsupportedContentType());
    else done(missingContentType());
  });
}

/** Whether the headers announce a body (RFC 9112, 6.3). */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

export function missingContentType(): GraphError {
  return new GraphError('BadRequest', "Content-Type is missing: send 'application/json'.");
}

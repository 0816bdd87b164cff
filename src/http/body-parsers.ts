import type { FastifyInstance, RouteOptions } from 'fastify';

import { GraphError } from '../errors/graph-error.js';
import { MAX_JSON_DEPTH, parseStrictJson } from './strict-json.js';

/**
 * JSON is read, strictly, and by the routes that take it `multipart/mixed`, as bytes; a body of any other type, or of none, is refused
 * before it is read.
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
      const wrapperLevels = request.routeOptions.config.body?.wrapperLevels ?? 0;
      done(null, parseStrictJson(body, MAX_JSON_DEPTH + wrapperLevels));
    },
  );
  fastify.addContentTypeParser(
    'multipart/mixed',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      const isTaken = request.routeOptions.config.body?.isMultipartTaken === true;
      done(isTaken ? null : unsupported(), body);
    },
  );
  fastify.addContentTypeParser('*', ({ headers }, _payload, done) => {
    done(
      headers['content-type'] === undefined
        ? new GraphError('BadRequest', "Content-Type is missing: send 'application/json'.")
        : unsupported(),
    );
  });
}

function unsupported(): GraphError {
  return new GraphError(
    'UnsupportedMediaType',
    "The Content-Type is not supported: send 'application/json'.",
  );
}

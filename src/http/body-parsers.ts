import type { FastifyInstance } from 'fastify';

import { GraphError } from '../errors/graph-error.js';
import { parseStrictJson } from './strict-json.js';

/** JSON is read, strictly; a body of any other type, or of none, is refused before it is read. */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (_request, body: Buffer, done) => {
      done(null, parseStrictJson(body));
    },
  );
  fastify.addContentTypeParser('*', (request, _payload, done) => {
    done(
      request.headers['content-type'] === undefined
        ? new GraphError('BadRequest', "Content-Type is missing: send 'application/json'.")
        : new GraphError(
            'UnsupportedMediaType',
            "The Content-Type is not supported: send 'application/json'.",
          ),
    );
  });
}

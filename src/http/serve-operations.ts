import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

import type { ODataRequest } from '../odata/odata-request.js';
import type { ODataResponse } from '../odata/odata-response.js';
import { MAX_PAGE_CHARACTERS } from '../odata/paging.js';
import { splitQuery } from '../odata/resource-path.js';
import type { Operations } from './operations.js';
import { idsOf } from './request-ids.js';
import { noSuchResource } from './rewrite-url.js';
import { sendError } from './send-error.js';

/**
 * Serves the routes of resources by the table of operations, as a batch does. Nest declares them; its pipeline of guards,
 * interceptors and pipes, of which there are none here, is not on the way of a request.
 */
export function serveOperations(fastify: FastifyInstance, operations: Operations): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.kind === undefined) return;
    route.handler = (request, reply) => {
      void answer(request, reply, operations);
    };
  });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  operations: Operations,
): Promise<void> {
  try {
    const call = toODataRequest(request);
    const { handle } = operations.get(call.resource.kind, request.method);
    sendResponse(await handle(call), reply);
  } catch (thrown) {
    sendError(thrown, request, reply);
  }
}

function toODataRequest(request: FastifyRequest): ODataRequest {
  const { resource } = request.raw;
  if (resource === undefined) throw noSuchResource();
  const { requestId, clientRequestId } = idsOf(request);
  return {
    resource,
    serviceRoot: `${request.origin}${resource.versionPrefix}`,
    query: splitQuery(request.url).query,
    headers: request.headers,
    body: request.body,
    maxPageCharacters: MAX_PAGE_CHARACTERS,
    requestId,
    clientRequestId,
    log: request.log,
  };
}

function sendResponse({ status, headers, body }: ODataResponse, reply: FastifyReply): void {
  void reply.code(status).headers(headers).send(body);
}

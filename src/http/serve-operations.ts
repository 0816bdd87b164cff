import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

import type { ODataRequest } from '../odata/odata-request.js';
import type { ODataResponse } from '../odata/odata-response.js';
import { MAX_PAGE_CHARACTERS } from '../odata/paging.js';
import { splitQuery } from '../odata/resource-path.js';
import { CallContext } from '../scheduling/call-context.js';
import { noteChange } from '../scheduling/turns.js';
import type { Operations } from './operations.js';
import { idsOf, toCommonHeaders } from './request-ids.js';
import { noSuchResource } from './rewrite-url.js';
import { sendError } from './send-error.js';
import type { Shutdown } from './shutdown.js';

/**
 * Serves the routes of resources by the table of operations, as a batch does. Nest declares them; its pipeline of guards,
 * interceptors and pipes, of which there are none here, is not on the way of a request.
 */
export function serveOperations(
  fastify: FastifyInstance,
  operations: Operations,
  shutdown: Shutdown,
  timeoutMs: number,
): void {
  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      const call = toODataRequest(request, reply, timeoutMs);
      const { handle } = operations.get(call.resource.kind, request.method);
      if (!isRead(request)) noteChange();
      const response = await handle(call);
      sendResponse(response, request, reply, shutdown.isStopping);
    } catch (thrown) {
      sendError(thrown, request, reply);
    }
  }

  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.kind === undefined) return;
    route.handler = (request, reply) => {
      void answer(request, reply);
    };
  });
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function toODataRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  timeoutMs: number,
): ODataRequest {
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
    account: request.caller?.account,
    context: new CallContext(request.caller?.id ?? '', timeoutMs, reply.raw),
    log: request.log,
  };
}

/** All is known and written at once: what Fastify does for an answer that hooks may still change takes longer than to make it. */
function sendResponse(
  { status, headers, body }: ODataResponse,
  request: FastifyRequest,
  reply: FastifyReply,
  isLast: boolean,
): void {
  const lines: string[] = [];
  const all = [toCommonHeaders(idsOf(request)), headers];
  for (const some of all) for (const name in some) lines.push(name, some[name]!);
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  if (body !== undefined) lines.push('Content-Length', String(length));
  if (isLast) lines.push('Connection', 'close');
  reply.raw.writeHead(status, lines);
  reply.hijack();
  // What is ASCII need not be measured again. Node sends no body to a HEAD.
  reply.raw.end(body, length === body?.length ? 'latin1' : 'utf8');
}

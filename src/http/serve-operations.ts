import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

import type { ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { MAX_PAGE_CHARACTERS } from '../odata/protocol/paging.js';
import { splitQuery } from '../odata/protocol/resource-path.js';
import { CallContext } from '../scheduling/call-context.js';
import { serviceBusy } from '../scheduling/overload.js';
import { noteChange } from '../scheduling/turns.js';
import { endInSlices, SLICE_BYTES } from './answer-body.js';
import type { AnswerBudget } from './answer-budget.js';
import { toCommonHeaders } from './common-headers.js';
import { payerOf } from './byte-budget.js';
import type { Operations } from './operations.js';
import { idsOf } from './request-ids.js';
import { noSuchResource } from './rewrite-url.js';
import { sendError } from './send-error.js';

/**
 * Serves the routes of resources by the table of operations, as a batch does. Nest declares them; its pipeline of guards,
 * interceptors and pipes, of which there are none here, is not on the way of a request.
 */
export function serveOperations(
  fastify: FastifyInstance,
  operations: Operations,
  answers: AnswerBudget,
  timeoutMs: number,
): void {
  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      request.raw.socket.peer!.markBusy();
      const call = toODataRequest(request, reply, timeoutMs);
      if (isPage(call, request.method)) answers.requireRoom(payerOf(request));
      const { handle } = operations.get(call.resource.kind, request.method);
      if (!isRead(request)) noteChange();
      const response = await handle(call);
      sendResponse(response, request, reply, answers);
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
  answers: AnswerBudget,
): void {
  const { raw } = request;
  const common = toCommonHeaders(idsOf(request), raw.socket, raw.authority ?? raw.headers.host);
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  if (length > SLICE_BYTES) holdAnswer(length, request, answers);
  const lines: string[] = [];
  for (const some of [common, headers]) for (const name in some) lines.push(name, some[name]!);
  if (body !== undefined) lines.push('Content-Length', String(length));
  reply.raw.writeHead(status, lines);
  reply.hijack();
  // What is ASCII need not be measured again. Node sends no body to a HEAD.
  const encoding = length === body?.length ? 'latin1' : 'utf8';
  if (body === undefined || length <= SLICE_BYTES) reply.raw.end(body, encoding);
  else endInSlices(reply.raw, Buffer.from(body, encoding));
}

/** Counts an answer that is not small as its caller's until it is sent. What was changed has to be told, whatever it takes. */
function holdAnswer(bytes: number, request: FastifyRequest, answers: AnswerBudget): void {
  const holding = answers.hold(payerOf(request));
  if (request.method !== 'GET') holding.take(bytes);
  else if (!holding.tryTake(bytes)) throw serviceBusy();
  request.raw.socket.peer!.holdings.push(holding);
}

/** What is answered with a page, as far as that is known before it is made. */
function isPage({ resource }: ODataRequest, method: string): boolean {
  return method === 'GET' && resource.member !== undefined;
}

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

import { isWriting } from '../auth/permissions.js';
import type { ODataRequest } from '../odata/protocol/odata-request.js';
import { MAX_PAGE_CHARACTERS } from '../odata/protocol/paging.js';
import { splitQuery } from '../odata/protocol/resource-path.js';
import type { Admission } from '../scheduling/admission.js';
import { CallContext } from '../scheduling/call-context.js';
import { serviceBusy } from '../scheduling/overload.js';
import { noteChange } from '../scheduling/turns.js';
import { SLICE_BYTES, toSlices } from '../http/connections/answer-body.js';
import type { AnswerBudget } from '../http/connections/answer-budget.js';
import { payerOf } from '../http/connections/byte-budget.js';
import type { Operations } from './operations.js';
import { idsOf } from '../http/request-ids.js';
import { noSuchResource } from './path-guide.js';

/**
 * Serves the routes of resources by the table of operations, as a batch does. Nest
 * declares them; what its pipeline would do is not on the way of a request (`enhancers.ts`).
 */
export function serveOperations(
  fastify: FastifyInstance,
  operations: Operations,
  answers: AnswerBudget,
  admission: Admission,
  timeoutMs: number,
): void {
  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    request.raw.socket.peer!.markBusy();
    const call = toODataRequest(request, reply, timeoutMs);
    if (isPage(call, request.method)) answers.requireRoom(payerOf(request));
    const { handle } = operations.get(call.resource.kind, request.method);
    if (!isRead(request)) noteChange();
    const { status, headers, body } = isWriting(request.routeOptions.config.access)
      ? await admission.write(() => handle(call))
      : await handle(call);
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    if (length > SLICE_BYTES) holdAnswer(length, request, answers);
    const vary = reply.getHeader('Vary');
    void reply.code(status).headers(headers);
    // A plugin, such as that for CORS, may have named a header, too.
    if (vary !== undefined && headers.Vary !== undefined) {
      void reply.header('Vary', `${String(vary)}, ${headers.Vary}`);
    }
    if (body === undefined || length <= SLICE_BYTES) return body;
    void reply.header('content-length', length);
    return toSlices(Buffer.from(body));
  }

  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.kind !== undefined) route.handler = serve;
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

/**
 * Counts an answer that is not small as its caller's until it is sent. What was changed has to be
 * told, whatever it takes.
 */
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

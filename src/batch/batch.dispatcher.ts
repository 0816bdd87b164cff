import { Inject, Injectable } from '@nestjs/common';

import { Authenticator } from '../auth/authenticator.js';
import { changeSetUndone, runChangeSet } from '../database/change-set.js';
import { GraphError } from '../errors/graph-error.js';
import { bodyTooLarge } from '../errors/to-graph-error.js';
import { requireNoCoding } from '../http/bodies/content-coding.js';
import { requireJson } from '../http/bodies/content-type.js';
import { Operations } from '../operations/operations.js';
import { checkODataHeaders, checkUrlLength } from '../http/request-checks.js';
import { readRequestIds } from '../http/request-ids.js';
import type { ResourceFinder } from '../operations/resource-finder.js';
import { toErrorResponse } from '../http/errors/send-error.js';
import { readHeader, type ODataRequest } from '../odata/protocol/odata-request.js';
import { ODataResponse } from '../odata/protocol/odata-response.js';
import { splitQuery } from '../odata/protocol/resource-path.js';
import { RateLimits } from '../scheduling/rate-limits.js';
import { takeTurn } from '../scheduling/turns.js';
import { BATCH_TIME_FACTOR, isRead, type AnsweredItem, type BatchItem } from './batch-item.js';
import { BATCH } from './batch.url.js';
import { resolveReference, type Nameable } from './reference.js';

export const RESOURCE_FINDER = Symbol('ResourceFinder');
export const BODY_LIMIT_BYTES = Symbol('BodyLimitBytes');

/** What a URL in a batch means. */
type Target = Pick<ODataRequest, 'resource' | 'serviceRoot' | 'query'>;

/**
 * Brings a request of a batch to the handler that serves single calls, through the same checks in
 * the same order.
 */
@Injectable()
export class BatchDispatcher {
  constructor(
    @Inject(RESOURCE_FINDER) private readonly find: ResourceFinder,
    @Inject(BODY_LIMIT_BYTES) private readonly bodyLimitBytes: number,
    private readonly operations: Operations,
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
  ) {}

  /** The answer to a request, also where it is refused. */
  async answer(item: BatchItem, nameable: Nameable, batch: ODataRequest): Promise<ODataResponse> {
    try {
      return await this.handle(resolveReference(item, nameable), batch);
    } catch (thrown) {
      return this.refuse(thrown, item, batch);
    }
  }

  /** The answers to a change set: where one of its requests fails, all of them do. */
  async answerTogether<Item extends BatchItem>(
    items: readonly Item[],
    nameableBy: (item: Item) => Nameable,
    batch: ODataRequest,
  ): Promise<AnsweredItem<Item>[]> {
    const settled = await runChangeSet(
      items.map((item) => () => this.handle(resolveReference(item, nameableBy(item)), batch)),
    );
    const isUndone = settled.some(({ status }) => status === 'rejected');
    return settled.map((each, i) => {
      const item = items[i]!;
      if (each.status === 'fulfilled' && !isUndone) return { item, answer: each.value };
      const reason: unknown = each.status === 'rejected' ? each.reason : changeSetUndone();
      return { item, answer: this.refuse(reason, item, batch) };
    });
  }

  /** Throws what a single call would be refused with. */
  private async handle(item: BatchItem, batch: ODataRequest): Promise<ODataResponse> {
    const { method, headers } = item;
    const target = this.readTarget(item.url, batch);
    const operation = this.operations.get(target.resource.kind, method);
    const known = this.authenticator.authenticate(
      readHeader(headers, 'authorization') ?? readHeader(batch.headers, 'authorization'),
      operation.access,
    );
    const caller = known instanceof Promise ? await known : known;
    this.authenticator.requirePermission(caller, operation.access);
    const admission = this.limits.admit(caller?.account, operation.access);
    if (admission !== undefined) await admission;
    const context = batch.context.part(1 / BATCH_TIME_FACTOR, caller?.id);
    // Between two reads others are served. Changes wait for their commit anyway.
    if (isRead(item)) await takeTurn(context);
    else context.check();
    if (item.body !== undefined) requireNoCoding(headers);
    checkODataHeaders(item);
    // As in a single call, a body that means nothing is not read.
    const body = isRead(item) ? undefined : this.readBody(item, batch);
    const response = await operation.handle({
      headers,
      body,
      maxPageCharacters: batch.maxPageCharacters,
      account: caller?.account,
      context,
      log: batch.log,
      ...target,
      ...this.toIds(item, batch),
    });
    return withoutBodyToHead(response, method);
  }

  refuse(thrown: unknown, item: BatchItem, batch: ODataRequest): ODataResponse {
    const response = toErrorResponse(thrown, this.toIds(item, batch), batch.log);
    return withoutBodyToHead(response, item.method);
  }

  /** A body is read as its Content-Type says, and within the limit of a single call. */
  private readBody({ headers, body }: BatchItem, batch: ODataRequest): unknown {
    if (body === undefined) return undefined;
    requireJson(readHeader(headers, 'content-type'));
    // Most batches are smaller than one body may be: then none of theirs has to be measured.
    const batchBytes = Buffer.isBuffer(batch.body) ? batch.body.length : Infinity;
    if (batchBytes > this.bodyLimitBytes && body.byteLength() > this.bodyLimitBytes) {
      throw bodyTooLarge();
    }
    return body.read();
  }

  private toIds({ headers }: BatchItem, { requestId, clientRequestId }: ODataRequest) {
    return headers['client-request-id'] === undefined
      ? { requestId, clientRequestId }
      : readRequestIds({ id: requestId, headers });
  }

  /**
   * Relative to the version of the batch, with another version in front, or absolute within this
   * service, with its origin or without (Protocol 4.01, 11.7.7.1).
   */
  private readTarget(
    url: string,
    { serviceRoot, resource: { versionPrefix } }: ODataRequest,
  ): Target {
    checkUrlLength(url);
    if (!url.isWellFormed()) {
      throw new GraphError('BadRequest', 'The URL is malformed: it holds half a character.');
    }
    const origin = serviceRoot.slice(0, serviceRoot.length - versionPrefix.length);
    const { relative, isAbsolute } = toRelative(url, origin);
    const { path, query } = splitQuery(relative);
    const absolutePath = path.startsWith('/') ? path : `/${path}`;
    const resource = this.find(absolutePath);
    if (resource === undefined) throw this.operations.noSuchResource(absolutePath, true);
    if (resource.kind === BATCH) {
      throw new GraphError('BadRequest', 'A batch cannot hold another batch.');
    }
    const isOfBatch = resource.versionPrefix === '' && !isAbsolute;
    return {
      resource,
      serviceRoot: isOfBatch ? serviceRoot : origin + resource.versionPrefix,
      query,
    };
  }
}

/**
 * What stands behind the origin, or behind the path that the service is mounted at (PUBLIC_URL).
 */
function toRelative(url: string, origin: string): { relative: string; isAbsolute: boolean } {
  const start = url.slice(0, origin.length + 1);
  if (start === `${origin}/` || start.toLowerCase() === `${origin}/`.toLowerCase()) {
    return { relative: url.slice(origin.length), isAbsolute: true };
  }
  const authorityEnd = origin.indexOf('/', origin.indexOf('//') + 2);
  const basePath = authorityEnd === -1 ? '' : origin.slice(authorityEnd);
  const isBelowBase = basePath !== '' && url.startsWith(`${basePath}/`);
  return { relative: isBelowBase ? url.slice(basePath.length) : url, isAbsolute: false };
}

function withoutBodyToHead(response: ODataResponse, method: string): ODataResponse {
  return method === 'HEAD' ? new ODataResponse(response.status, response.headers) : response;
}

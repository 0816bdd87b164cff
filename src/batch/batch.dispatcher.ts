import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { Authenticator } from '../auth/authenticator.js';
import { GraphError } from '../errors/graph-error.js';
import { bodyTooLarge, unsupportedContentType } from '../errors/to-graph-error.js';
import { missingContentType } from '../http/body-parsers.js';
import { Operations } from '../http/operations.js';
import { checkBodyEncoding, checkODataHeaders, checkUrlLength } from '../http/request-checks.js';
import { readRequestIds } from '../http/request-ids.js';
import { noSuchResource, type ResourceFinder } from '../http/rewrite-url.js';
import { toErrorResponse } from '../http/send-error.js';
import { readHeader, type ODataRequest } from '../odata/odata-request.js';
import { ODataResponse } from '../odata/odata-response.js';
import { parseResourcePath, splitQuery } from '../odata/resource-path.js';
import { isRead, type BatchItem } from './batch-item.js';
import { BATCH } from './batch.url.js';

export const RESOURCE_FINDER = Symbol('ResourceFinder');
export const BODY_LIMIT_BYTES = Symbol('BodyLimitBytes');

/** What a URL in a batch means. */
type Target = Pick<ODataRequest, 'resource' | 'serviceRoot' | 'query'>;

/** The targets last asked for are remembered, where their URLs are not too long. */
const MAX_KNOWN_TARGETS = 1000;
const MAX_KNOWN_LENGTH = 1024;

/** Brings a request of a batch to the handler that serves single calls, through the same checks in the same order. */
@Injectable()
export class BatchDispatcher {
  private readonly targets = new LRUCache<string, Target>({ max: MAX_KNOWN_TARGETS });

  constructor(
    @Inject(RESOURCE_FINDER) private readonly find: ResourceFinder,
    @Inject(BODY_LIMIT_BYTES) private readonly bodyLimitBytes: number,
    private readonly operations: Operations,
    private readonly authenticator: Authenticator,
  ) {}

  /** The answer to a request, also where it is refused. */
  async answer(item: BatchItem, batch: ODataRequest): Promise<ODataResponse> {
    try {
      return await this.handle(item, batch);
    } catch (thrown) {
      return this.refuse(thrown, item, batch);
    }
  }

  /** Throws what a single call would be refused with. */
  async handle(item: BatchItem, batch: ODataRequest): Promise<ODataResponse> {
    const { method, headers } = item;
    const target = this.findTarget(item.url, batch);
    const operation = this.operations.get(target.resource.kind, method);
    await this.authenticator.authorize(
      readHeader(headers, 'authorization') ?? readHeader(batch.headers, 'authorization'),
      operation.access,
    );
    checkBodyEncoding(item);
    checkODataHeaders(item);
    // As in a single call, a body that means nothing is not read.
    const body = isRead(item) ? undefined : this.readBody(item, batch);
    const response = await operation.handle({
      ...target,
      headers,
      body,
      maxPageCharacters: batch.maxPageCharacters,
      ...this.toIds(item, batch),
      log: batch.log,
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
    const contentType = readHeader(headers, 'content-type');
    if (contentType === undefined) throw missingContentType();
    if (!/^\s*application\/json\s*(?:;|$)/i.test(contentType)) throw unsupportedContentType();
    // Most batches are smaller than one body may be: then none of theirs has to be measured.
    const batchBytes = Number(readHeader(batch.headers, 'content-length') ?? Infinity);
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

  /** Batches write to the same collections again and again. */
  private findTarget(url: string, batch: ODataRequest): Target {
    const name = `${batch.serviceRoot} ${url}`;
    const known = this.targets.get(name);
    if (known !== undefined) return known;
    const target = this.readTarget(url, batch);
    if (name.length <= MAX_KNOWN_LENGTH) this.targets.set(name, target);
    return target;
  }

  /**
   * Relative to the version of the batch, with another version in front, or absolute within this service, with its origin or
   * without (Protocol 4.01, 11.7.7.1).
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
    const isOurs = url.slice(0, origin.length + 1).toLowerCase() === `${origin}/`.toLowerCase();
    const basePath = new URL(origin).pathname.replace(/\/$/, '');
    const isBelowBase = basePath !== '' && url.startsWith(`${basePath}/`);
    const relative = url.slice(isOurs ? origin.length : isBelowBase ? basePath.length : 0);
    const { path, query } = splitQuery(relative);
    const parsed = parseResourcePath(path.startsWith('/') ? path : `/${path}`);
    const prefix = parsed.versionPrefix === '' && !isOurs ? versionPrefix : parsed.versionPrefix;
    const resource = this.find({ ...parsed, versionPrefix: prefix });
    if (resource === undefined) throw noSuchResource();
    if (resource.kind === BATCH) {
      throw new GraphError('BadRequest', 'A batch cannot hold another batch.');
    }
    return {
      resource,
      serviceRoot: origin + prefix,
      query,
    };
  }
}

function withoutBodyToHead(response: ODataResponse, method: string): ODataResponse {
  return method === 'HEAD' ? new ODataResponse(response.status, response.headers) : response;
}

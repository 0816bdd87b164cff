import { Controller, Inject, Post } from '@nestjs/common';

import { READ_PERMISSIONS } from '../auth/permissions.js';
import { AnswerBudget } from '../http/connections/answer-budget.js';
import { ResourceOperation, type BodyForm } from '../operations/operation.js';
import { MAX_JSON_DEPTH, parseStrictJson } from '../http/bodies/strict-json.js';
import { parseMediaType } from '../odata/protocol/header-values.js';
import { isJsonPreferred, parseJsonFormat } from '../odata/protocol/media-type.js';
import { readHeader, type ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { parsePreferences } from '../odata/protocol/preferences.js';
import { parseQueryOptions } from '../odata/protocol/query-options.js';
import { FairQueue } from '../scheduling/fair-queue.js';
import { RateLimits } from '../scheduling/rate-limits.js';
import {
  BATCH_TIME_FACTOR,
  MAX_BATCH_BYTES,
  MAX_JSON_REQUESTS,
  MAX_MULTIPART_REQUESTS,
  toPageShare,
} from './batch-item.js';
import { BatchRunner } from './batch.runner.js';
import { DescribesBatch } from './batch.openapi.js';
import { BATCH } from './batch.url.js';
import { parseJsonBatch, toJsonBatch } from './json-batch.js';
import { parseMultipartBatch, toJsonOfMultipart, toMultipartBatch } from './multipart-batch.js';

export const BATCH_MAX_REQUESTS = Symbol('BatchMaxRequests');

const BATCH_BODY: BodyForm = { limitBytes: MAX_BATCH_BYTES, isRaw: true };

/** The batch, its list, and each request in it stand around what a single call would bring. */
const MAX_BATCH_DEPTH = MAX_JSON_DEPTH + 3;

/**
 * So many batches are handled at once; others wait as the bytes they are. More of them would not be
 * done sooner, and what is made of each lives until its commit: the garbage collector would copy it
 * again and again.
 */
const BATCHES = { running: 12, runningPerCaller: 8, waiting: 512, waitingPerCaller: 128 };

@Controller(BATCH)
export class BatchController {
  private readonly queue = new FairQueue(BATCHES);

  constructor(
    private readonly runner: BatchRunner,
    private readonly limits: RateLimits,
    private readonly answers: AnswerBudget,
    @Inject(BATCH_MAX_REQUESTS) private readonly mostRequests: number | undefined,
  ) {}

  /** Whoever may read may send a batch; each request in it is judged by itself. */
  @Post()
  @ResourceOperation(BATCH, READ_PERMISSIONS, BATCH_BODY)
  @DescribesBatch()
  run(call: ODataRequest): Promise<ODataResponse> {
    const { format } = parseQueryOptions(call.query, ['format']).system;
    const context = call.context.times(BATCH_TIME_FACTOR);
    const batch = { ...call, context };
    const bytes = call.body as Buffer | undefined;
    const contentType = readHeader(call.headers, 'content-type') ?? '';
    return this.queue.run(context, () => {
      // Once it is done, it has to be answered.
      this.answers.requireRoom(context.caller);
      return bytes !== undefined && parseMediaType(contentType).name === 'multipart/mixed'
        ? this.runMultipart(bytes, contentType, format, batch)
        : this.runJson(bytes, format, batch);
    });
  }

  private async runJson(
    bytes: Buffer | undefined,
    format: string | undefined,
    call: ODataRequest,
  ): Promise<ODataResponse> {
    parseJsonFormat(readHeader(call.headers, 'accept'), format);
    const body = bytes && parseStrictJson(bytes, MAX_BATCH_DEPTH);
    const items = parseJsonBatch(body, this.mostRequests ?? MAX_JSON_REQUESTS);
    await this.countByItems(call);
    const shared = { ...call, maxPageCharacters: toPageShare(items.length) };
    const answers = await this.runner.runTogether(items, shared);
    return toJsonBatch(answers.map((each) => ({ ...each, group: each.item.group })));
  }

  private async runMultipart(
    bytes: Buffer,
    contentType: string,
    format: string | undefined,
    call: ODataRequest,
  ): Promise<ODataResponse> {
    const render = isJsonPreferred(readHeader(call.headers, 'accept'), format)
      ? toJsonOfMultipart
      : toMultipartBatch;
    const most = this.mostRequests ?? MAX_MULTIPART_REQUESTS;
    const parts = parseMultipartBatch(bytes, contentType, most);
    await this.countByItems(call);
    const { isContinueOnError } = parsePreferences(readHeader(call.headers, 'prefer'));
    const shared = { ...call, maxPageCharacters: toPageShare(parts.length) };
    const answers = await this.runner.runInOrder(parts, isContinueOnError, shared);
    return render(
      answers,
      isContinueOnError ? { 'Preference-Applied': 'odata.continue-on-error' } : {},
    );
  }

  /**
   * The batch was counted as a request when it came. Now that it is none that is refused as a
   * whole, its items are counted instead.
   */
  private async countByItems({ account }: ODataRequest): Promise<void> {
    if (account !== undefined) await this.limits.giveBack(account);
  }
}

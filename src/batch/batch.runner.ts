import { Injectable } from '@nestjs/common';

import { runChangeSet } from '../database/change-set.js';
import { GraphError, shorten } from '../errors/graph-error.js';
import type { ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { foldId, isRead, type BatchItem } from './batch-item.js';
import { BatchDispatcher } from './batch.dispatcher.js';
import type { JsonBatchItem } from './json-batch.js';
import type { AnsweredPart, BatchPart, ChangeSetPart } from './multipart-batch.js';

/** In which order the requests of a batch are handled, and which are not. */
@Injectable()
export class BatchRunner {
  constructor(private readonly dispatcher: BatchDispatcher) {}

  /**
   * All at once, but for those that wait for others: creates that arrive together share a commit.
   */
  runTogether(items: readonly JsonBatchItem[], batch: ODataRequest): Promise<ODataResponse[]> {
    const answers = new Map<JsonBatchItem, Promise<ODataResponse>>();
    const answer = (item: JsonBatchItem): Promise<ODataResponse> => {
      let running = answers.get(item);
      if (running === undefined) {
        const isFree = item.dependsOn.length === 0 && !isRead(item);
        running = isFree
          ? this.dispatcher.answer(item, batch)
          : this.runBehind(item, item.dependsOn.map(answer), batch);
        answers.set(item, running);
      }
      return running;
    };
    return Promise.all(items.map(answer));
  }

  private async runBehind(
    item: JsonBatchItem,
    awaited: readonly Promise<ODataResponse>[],
    batch: ODataRequest,
  ): Promise<ODataResponse> {
    const answers = await Promise.all(awaited);
    const failedAt = answers.findIndex(isFailure);
    if (failedAt !== -1) {
      const { id } = item.dependsOn[failedAt]!;
      const refusal = new GraphError(
        'FailedDependency',
        `The request '${shorten(id)}', which this one depends on, failed.`,
      );
      return this.dispatcher.refuse(refusal, item, batch);
    }
    const made = new Map(item.dependsOn.map(({ id }, i) => [foldId(id), answers[i]!]));
    return this.dispatcher.answer(withReference(item, made), batch);
  }

  /**
   * One part after the other, up to the first that fails, unless the caller prefers to go on
   * (Protocol 4.01, 8.2.8.3).
   */
  async runInOrder(
    parts: readonly BatchPart[],
    isContinueOnError: boolean,
    batch: ODataRequest,
  ): Promise<AnsweredPart[]> {
    const made = new Map<string, ODataResponse>();
    const answered: AnsweredPart[] = [];
    for (const part of parts) {
      const result =
        'items' in part
          ? await this.runChangeSet(part, made, batch)
          : { item: part, answer: await this.dispatcher.answer(withReference(part, made), batch) };
      answered.push(result);
      const pairs = 'answers' in result ? result.answers : [result];
      for (const { item, answer } of pairs) {
        if (item.id !== undefined) made.set(foldId(item.id), answer);
      }
      if (!isContinueOnError && pairs.some(({ answer }) => isFailure(answer))) break;
    }
    return answered;
  }

  /**
   * Where a change set fails, the request that failed is the answer to the whole (Protocol 4.01,
   * 11.7.7.5).
   */
  private async runChangeSet(
    { items }: ChangeSetPart,
    made: ReadonlyMap<string, ODataResponse>,
    batch: ODataRequest,
  ): Promise<AnsweredPart> {
    const settled = await runChangeSet(
      items.map((item) => () => this.dispatcher.handle(withReference(item, made), batch)),
    );
    const failures = settled
      .map((each, i) => ({ each, item: items[i]! }))
      .filter(({ each }) => each.status === 'rejected')
      .map(({ each, item }) => ({
        item,
        reason: (each as PromiseRejectedResult).reason as unknown,
      }));
    const failure = failures.find(({ reason }) => !isFailedDependency(reason)) ?? failures[0];
    if (failure !== undefined) {
      const { item, reason } = failure;
      return { item, answer: this.dispatcher.refuse(reason, item, batch) };
    }
    return {
      answers: settled.map((each, i) => ({
        item: items[i]!,
        answer: (each as PromiseFulfilledResult<ODataResponse>).value,
      })),
    };
  }
}

/** `$1`, or `$1/…`, stands for what the request `1` has made (Protocol 4.01, 11.7.4). */
const REFERENCE = /^\/?\$([^/?]+)/;

/** What `$` and a name stand for anyway; a request with such an id cannot be named. */
const SYSTEM_RESOURCES: ReadonlySet<string> = new Set([
  'all',
  'batch',
  'crossjoin',
  'entity',
  'id',
  'metadata',
  'root',
]);

function withReference<Item extends BatchItem>(
  item: Item,
  made: ReadonlyMap<string, ODataResponse>,
): Item {
  const [written = '', id = ''] = REFERENCE.exec(item.url) ?? [];
  const folded = foldId(id);
  const location = SYSTEM_RESOURCES.has(folded) ? undefined : made.get(folded)?.headers.Location;
  return location === undefined
    ? item
    : { ...item, url: location + item.url.slice(written.length) };
}

function isFailure({ status }: ODataResponse): boolean {
  return status >= 400;
}

function isFailedDependency(reason: unknown): boolean {
  return reason instanceof GraphError && reason.code === 'FailedDependency';
}

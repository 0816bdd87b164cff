import { Injectable } from '@nestjs/common';

import type { ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { foldId, isFailure, type AnsweredItem } from './batch-item.js';
import type { JsonBatchItem } from './batch-order.js';
import { BatchDispatcher } from './batch.dispatcher.js';
import { JsonRun } from './json-run.js';
import type { AnsweredPart, BatchPart } from './multipart-batch.js';
import type { Nameable } from './reference.js';

/** In which order the requests of a batch are handled, and which are not. */
@Injectable()
export class BatchRunner {
  constructor(private readonly dispatcher: BatchDispatcher) {}

  /**
   * All at once, but for those that wait for others: creates that arrive together share a commit.
   */
  runTogether(
    items: readonly JsonBatchItem[],
    batch: ODataRequest,
  ): Promise<AnsweredItem<JsonBatchItem>[]> {
    const run = new JsonRun(items, this.dispatcher, batch);
    return Promise.all(items.map(async (item) => ({ item, answer: await run.answerTo(item) })));
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
    const nameable: Nameable = {
      find: (id) => made.get(id),
      advise: (id) => advise(id, parts),
    };
    const answered: AnsweredPart[] = [];
    for (const part of parts) {
      const result = await this.runPart(part, nameable, batch);
      answered.push(result);
      const pairs = 'answers' in result ? result.answers : [result];
      for (const { item, answer } of pairs) {
        if (item.id !== undefined) made.set(foldId(item.id), answer);
      }
      if (!isContinueOnError && pairs.some(isFailure)) break;
    }
    return answered;
  }

  private async runPart(
    part: BatchPart,
    nameable: Nameable,
    batch: ODataRequest,
  ): Promise<AnsweredPart> {
    return 'items' in part
      ? { answers: await this.dispatcher.answerTogether(part.items, () => nameable, batch) }
      : { item: part, answer: await this.dispatcher.answer(part, nameable, batch) };
  }
}

/** Why a part cannot name what another one makes. */
function advise(id: string, parts: readonly BatchPart[]): string | undefined {
  const items = parts.flatMap((part) => ('items' in part ? part.items : [part]));
  const isThere = items.some((item) => item.id !== undefined && foldId(item.id) === foldId(id));
  return isThere ? 'stand behind it, and not in the same change set' : undefined;
}

import { GraphError, shorten } from '../errors/graph-error.js';
import type { ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { foldId, isFailure, isRead, type AnsweredItem } from './batch-item.js';
import { awaitedBy, type JsonBatchItem, type JsonBatchUnit } from './batch-order.js';
import type { BatchDispatcher } from './batch.dispatcher.js';
import type { Nameable } from './reference.js';

type Answered = AnsweredItem<JsonBatchItem>;

/** A JSON batch while it is handled: each request, and each group, once. */
export class JsonRun {
  private readonly running = new Map<JsonBatchUnit, Promise<readonly Answered[]>>();

  constructor(
    private readonly items: readonly JsonBatchItem[],
    private readonly dispatcher: BatchDispatcher,
    private readonly batch: ODataRequest,
  ) {}

  async answerTo(item: JsonBatchItem): Promise<ODataResponse> {
    const answers = await this.run(item.unit);
    return answers.find((each) => each.item === item)!.answer;
  }

  private run(unit: JsonBatchUnit): Promise<readonly Answered[]> {
    let running = this.running.get(unit);
    if (running === undefined) {
      const awaited = awaitedBy(unit);
      running =
        awaited.length === 0 && !unit.items.some(isRead)
          ? this.handle(unit, [])
          : this.runBehind(unit, awaited);
      this.running.set(unit, running);
    }
    return running;
  }

  private async runBehind(
    unit: JsonBatchUnit,
    awaited: readonly JsonBatchItem[],
  ): Promise<readonly Answered[]> {
    const answered = await Promise.all(
      awaited.map(async (item) => ({ item, answer: await this.answerTo(item) })),
    );
    const failed = answered.find(isFailure);
    if (failed === undefined) return this.handle(unit, answered);
    const refusal = new GraphError(
      'FailedDependency',
      `The request '${shorten(failed.item.id)}', which this one depends on, failed.`,
    );
    return unit.items.map((item) => ({
      item,
      answer: this.dispatcher.refuse(refusal, item, this.batch),
    }));
  }

  private async handle(
    { items, isGroup }: JsonBatchUnit,
    awaited: readonly Answered[],
  ): Promise<readonly Answered[]> {
    const nameableBy = (item: JsonBatchItem): Nameable => this.toNameable(item, awaited);
    if (isGroup) return this.dispatcher.answerTogether(items, nameableBy, this.batch);
    const item = items[0]!;
    return [{ item, answer: await this.dispatcher.answer(item, nameableBy(item), this.batch) }];
  }

  /** Found when it is asked for, which is seldom. */
  private toNameable(item: JsonBatchItem, awaited: readonly Answered[]): Nameable {
    return {
      find: (id) =>
        awaited.find((each) => foldId(each.item.id) === id && item.dependsOn.includes(each.item))
          ?.answer,
      advise: (id) => this.advise(id, item),
    };
  }

  /** Why a request cannot name what another one makes. */
  private advise(id: string, { unit }: JsonBatchItem): string | undefined {
    const other = this.items.find((item) => foldId(item.id) === foldId(id));
    if (other === undefined) return undefined;
    return unit.isGroup && other.unit === unit
      ? 'within a group it has no address, because nothing is stored before all of it is'
      : `add its id to 'dependsOn' of this one`;
  }
}

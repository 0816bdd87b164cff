import { serviceBusy } from '../../scheduling/overload.js';
import {
  mutationsOf,
  planUnit,
  toResults,
  type CommittedResult,
  type FindRow,
} from '../unit-plan.js';
import type { StoredRow, Table } from '../table.js';
import type { Unit } from '../write.js';
import { WRITERS, type Connections } from './connections.js';
import { MutationWriter } from './mutation-writer.js';
import type { PostgresTable } from './postgres-table.js';
import { findRows } from './row-finder.js';
import { TurnGroups } from './turn-groups.js';

/** How long a write is tried for, from when it was asked for. */
const PATIENCE_MS = 5000;

/** More would wait for longer than it is worth. */
const MAX_WAITING = 4000;

interface Asked {
  unit: Unit;
  /** Of the rows that it names. */
  keys: readonly string[];
  /** By `performance`. */
  at: number;
}

/**
 * Decides on writes and commits them, those that are asked for together by one statement. Of a row
 * there is one write under way in this process at a time: they need not fail because of each other.
 */
export class RowWriter {
  private readonly writer: MutationWriter;
  private readonly groups: TurnGroups<Asked, CommittedResult[]>;
  private readonly busyKeys = new Set<string>();

  constructor(private readonly connections: Connections) {
    this.writer = new MutationWriter(connections);
    this.groups = new TurnGroups({
      groups: WRITERS,
      begin: () => this.begin(),
      run: (asked) => this.commitGroup(asked),
    });
  }

  /** By a connection that writes, others see that the database is in use (`countWriters`). */
  async open(): Promise<void> {
    // Where it fails, the first that is asked will say so.
    await Promise.allSettled([this.connections.onWriter(() => Promise.resolve())]);
  }

  /** One attempt: it says where others have changed the rows meanwhile. */
  async write(unit: Unit): Promise<CommittedResult[]> {
    if (this.groups.length >= MAX_WAITING) throw serviceBusy();
    const keys = unit.map((write) => write.table.keyOf(write.collection, idOf(write)));
    return this.groups.add({ unit, keys, at: performance.now() });
  }

  /** A change set goes alone, because it has a transaction of its own. */
  private begin(): (asked: Asked) => boolean {
    const keysOfOthers = new Set<string>();
    let isEmpty = true;
    let isFull = false;
    return ({ unit, keys }) => {
      const isSet = unit.length > 1;
      const isFree = keys.every((key) => !this.busyKeys.has(key) && !keysOfOthers.has(key));
      const belongs = isFree && !isFull && (isEmpty || !isSet);
      const noted = belongs ? this.busyKeys : keysOfOthers;
      for (const key of keys) noted.add(key);
      isEmpty &&= !belongs;
      isFull ||= belongs && isSet;
      return belongs;
    };
  }

  private async commitGroup(asked: readonly Asked[]): Promise<CommittedResult[][]> {
    try {
      // Where each takes its time to fail, those behind it would wait for longer and longer.
      const isLate = ({ at }: Asked): boolean => performance.now() > at + PATIENCE_MS;
      const late = new Set(asked.filter(isLate));
      const inTime = asked.filter((each) => !late.has(each));
      const endsAt = Math.min(...inTime.map(({ at }) => at)) + PATIENCE_MS;
      const units = inTime.map(({ unit }) => unit);
      const committed = (await this.decideAndCommit(units, endsAt)).values();
      return asked.map((each) => (late.has(each) ? tooLate(each) : committed.next().value!));
    } finally {
      for (const { keys } of asked) for (const key of keys) this.busyKeys.delete(key);
    }
  }

  private async decideAndCommit(
    units: readonly Unit[],
    endsAt: number,
  ): Promise<CommittedResult[][]> {
    const find = await this.readCurrent(units, endsAt);
    const plans = units.map((unit) => planUnit(unit, undefined, find));
    const mutations = plans.flatMap(mutationsOf);
    const isSet = units.length === 1 && units[0]!.length > 1;
    const committed = isSet
      ? await this.writer.commitTogether(mutations, endsAt)
      : await this.writer.commitEach(mutations, endsAt);
    const outcomes = committed.values();
    return plans.map((plan, i) => toResults(units[i]!, plan, outcomes));
  }

  /** The rows that are decided on. */
  private async readCurrent(units: readonly Unit[], endsAt: number): Promise<FindRow> {
    const wanted = units.flatMap((unit) =>
      unit
        .filter(({ kind }) => kind === 'change' || unit.length > 1)
        .map((write) => ({
          table: ofPostgres(write.table),
          collection: write.collection,
          id: idOf(write),
        })),
    );
    const rows =
      wanted.length === 0
        ? []
        : await this.writer.ask((client) => findRows(client, wanted), endsAt);
    const found = new Map(
      wanted.map(({ table, collection, id }, i) => [table.keyOf(collection, id), rows[i]]),
    );
    return (table, collection, id) => found.get(table.keyOf(collection, id));
  }
}

function tooLate({ unit }: Asked): CommittedResult[] {
  return unit.map(() => ({ kind: 'refused', reason: serviceBusy() }));
}

function idOf(write: Unit[number]): string {
  return write.kind === 'insert' ? write.row.id : write.id;
}

function ofPostgres(table: Table<StoredRow>): PostgresTable {
  return table as PostgresTable;
}

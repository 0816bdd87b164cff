import type pg from 'pg';

import type { CollectionName, StoredRow } from '../table.js';
import type { Member } from '../write.js';
import type { CollectionNumbers } from './collection-numbers.js';
import { LOOKUPS, type Connections } from './connections.js';
import { isAway, isLost } from './driver-errors.js';
import { groupBy } from './group-by.js';
import { runNamed } from './named-statement.js';
import type { PostgresTable, RowKey } from './postgres-table.js';
import { TurnGroups } from './turn-groups.js';
import { within } from './within.js';

/** It takes milliseconds: who waits for longer waits for a server that is away. */
const ANSWER_MS = 2500;

interface Wanted {
  table: PostgresTable;
  collection: CollectionName;
  id: string;
}

/** Reads rows by their keys: those that are asked for in one turn by one statement. */
export class RowFinder {
  private readonly groups: TurnGroups<Wanted, Member<StoredRow> | undefined>;

  constructor(private readonly connections: Connections) {
    this.groups = new TurnGroups({
      groups: LOOKUPS,
      begin: () => () => true,
      run: (wanted) => this.read((client) => findRows(client, wanted)),
    });
  }

  find<Row extends StoredRow>(
    table: PostgresTable<Row>,
    collection: CollectionName,
    id: string,
  ): Promise<Member<Row> | undefined> {
    const found = this.groups.add({ table: table as unknown as PostgresTable, collection, id });
    return found as Promise<Member<Row> | undefined>;
  }

  async findNumber(
    numbers: CollectionNumbers,
    collection: CollectionName,
  ): Promise<number | undefined> {
    const [number] = await this.read((client) => numbers.find(client, [collection]));
    return number;
  }

  private read<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return within(ANSWER_MS, this.readAgain(use));
  }

  /** A connection that was lost tells nothing about the next one. */
  private async readAgain<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    try {
      return await this.connections.onLookup(use);
    } catch (error) {
      if (isAway(error) || !isLost(error)) throw error;
      return this.connections.onLookup(use);
    }
  }
}

/** The rows of keys, in their order; `undefined` for those that have none. */
export async function findRows(
  client: pg.ClientBase,
  wanted: readonly Wanted[],
): Promise<(Member<StoredRow> | undefined)[]> {
  const found = new Map<Wanted, Member<StoredRow> | undefined>();
  for (const [table, ofTable] of groupBy(wanted, (each) => each.table)) {
    const names = ofTable.map(({ collection }) => collection);
    const numbers = await table.numbers.find(client, names);
    const placed = ofTable.flatMap((each, i) => {
      const number = numbers[i];
      return number === undefined ? [] : [{ each, key: { collection: number, id: each.id } }];
    });
    const rows = await findByKey(
      client,
      table,
      placed.map(({ key }) => key),
    );
    placed.forEach(({ each }, i) => found.set(each, rows[i]));
  }
  return wanted.map((each) => found.get(each));
}

/** The rows of keys of one table, in their order. */
export async function findByKey(
  client: pg.ClientBase,
  table: PostgresTable,
  keys: readonly RowKey[],
): Promise<(Member<StoredRow> | undefined)[]> {
  const found = new Array<Member<StoredRow> | undefined>(keys.length);
  if (keys.length === 0) return found;
  for (const values of await runNamed(client, table.statements.find, table.toKeyColumns(keys))) {
    found[(values[0] as number) - 1] = table.toMember(values);
  }
  return found;
}

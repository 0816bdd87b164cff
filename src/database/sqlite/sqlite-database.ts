import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import type { CallContext } from '../../scheduling/call-context.js';
import { Database } from '../database.js';
import { GroupCommit } from '../group-commit.js';
import type { Mutation } from '../mutation.js';
import type { Found, Query } from '../query.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from '../table.js';
import { untilDecided } from '../unit-attempts.js';
import {
  isConsulting,
  mutationsOf,
  planUnit,
  toResults,
  type CommittedResult,
  type PlannedRows,
} from '../unit-plan.js';
import type { Member, Result, Unit } from '../write.js';
import { connectionOf, requireFileInPlace } from './connection.js';
import { toDatabaseError } from './driver-errors.js';
import type { BoundMutation, MutationUnit } from './mutation.js';
import { MutationWriter } from './mutation-writer.js';
import { ReadGate } from './read-gate.js';
import { RowReader } from './row-reader.js';
import { SqliteTable } from './sqlite-table.js';

/**
 * SQLite: the service's own connection decides on writes and runs quick queries, a thread commits,
 * other threads run the queries that are not quick.
 */
export class SqliteDatabase
  extends Database
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly connection;
  private readonly tables: SqliteTable[] = [];
  private readonly reader: RowReader;
  private readonly writer: MutationWriter;
  private readonly groups: GroupCommit<Unit, CommittedResult[]>;

  constructor(private readonly dataSource: DataSource) {
    super();
    const gate = new ReadGate();
    this.connection = connectionOf(dataSource);
    this.reader = new RowReader(this.connection, gate);
    this.writer = new MutationWriter(this.connection, this.tables, gate);
    this.groups = new GroupCommit({
      commit: (units) => this.commitGroup(units),
      // What is decided on rows waits until those before it are committed.
      canFollow: (unit) => !isConsulting(unit),
    });
  }

  onApplicationBootstrap(): void {
    this.writer.open();
  }

  /** Nothing is asked for any more: the server has closed. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.writer.close(), this.reader.close()]);
  }

  table<Row extends StoredRow>(definition: TableDefinition<Row>): Table<Row> {
    const table = new SqliteTable(this.dataSource, this.connection, definition, this.tables.length);
    this.tables.push(table as unknown as SqliteTable);
    return table;
  }

  rows<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>> {
    return translate(() => this.reader.read(query, context));
  }

  find<Row extends StoredRow>(
    table: Table<Row>,
    collection: CollectionName,
    id: string,
  ): Promise<Member<Row> | undefined> {
    return translate(() => ofSqlite(table).find(collection, id));
  }

  async secret(name: string): Promise<Buffer> {
    const rows = await this.dataSource.query<{ value: string }[]>(
      'SELECT "value" FROM "secret" WHERE "name" = ?',
      [name],
    );
    return Buffer.from(rows[0]!.value, 'base64');
  }

  check(): Promise<'ready' | 'degraded'> {
    return translate(() => {
      requireFileInPlace(this.connection);
      for (const { name } of this.tables) {
        this.connection.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get();
      }
      this.writer.check();
      return this.reader.hasFailed ? 'degraded' : 'ready';
    });
  }

  protected commit(unit: Unit): Promise<readonly Result<StoredRow>[]> {
    return translate(() => untilDecided(() => this.groups.submit(unit)));
  }

  /**
   * Commits units in one transaction, synced when it resolves. Each sees what those before it
   * wrote. One that is refused fails alone; on any other failure nothing is stored, and it throws.
   */
  private async commitGroup(units: readonly Unit[]): Promise<CommittedResult[][]> {
    const planned: PlannedRows | undefined = units.some(isConsulting) ? new Map() : undefined;
    const plans = units.map((unit) => planUnit(unit, planned, find));
    const mutations = plans.map((plan) => mutationsOf(plan).map(bind)).filter(isNotEmpty);
    const committed = mutations.length === 0 ? [] : await this.writer.commit(mutations);
    const outcomes = committed.flat().values();
    return plans.map((plan, i) => toResults(units[i]!, plan, outcomes));
  }
}

function ofSqlite<Row extends StoredRow>(table: Table<Row>): SqliteTable<Row> {
  return table as unknown as SqliteTable<Row>;
}

function find(
  table: Table<StoredRow>,
  collection: CollectionName,
  id: string,
): Member<StoredRow> | undefined {
  return ofSqlite(table).find(collection, id);
}

function bind(mutation: Mutation): BoundMutation {
  return ofSqlite(mutation.table).bind(mutation);
}

function isNotEmpty({ length }: MutationUnit): boolean {
  return length > 0;
}

async function translate<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

import type { Database } from 'better-sqlite3';
import type { DataSource } from 'typeorm';

import type { CallContext } from '../../scheduling/call-context.js';
import type { Found, Query } from '../query.js';
import { QueryRunner, type FoundValues } from './query-runner.js';
import { RawRows } from './raw-rows.js';
import type { ReadGate } from './read-gate.js';
import { ReaderPool } from './reader-pool.js';
import { connectionOf } from './connection.js';

/** Reads rows: what is quick on the service's own connection, all else in threads. */
export class RowReader {
  private readonly runner: QueryRunner;
  private readonly pool: ReaderPool;
  private readonly lookups = new Map<string, RawRows<unknown>>();

  private readonly database: Database;

  constructor(dataSource: DataSource, gate: ReadGate) {
    const database = connectionOf(dataSource);
    this.database = database;
    this.runner = new QueryRunner(database);
    this.pool = new ReaderPool(database.name, gate);
  }

  /** Throws `BadRequest` for a query that takes too long, `ServiceUnavailable` where others are before it for too long. */
  async read<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>> {
    return toFound(await this.run(query, context), query);
  }

  /** At once: for a row that is found by a key. `sql` is one of few texts. */
  first<Row>(
    sql: string,
    parameters: readonly unknown[],
    make?: (values: readonly unknown[]) => Row,
  ): Row | undefined {
    let rows = this.lookups.get(sql);
    if (rows === undefined) {
      rows = new RawRows(this.database, sql, make);
      this.lookups.set(sql, rows);
    }
    return rows.get(parameters) as Row | undefined;
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private run<Row>(query: Query<Row>, context: CallContext): FoundValues | Promise<FoundValues> {
    if (!query.isQuick || query.patterns.length > 0) return this.pool.run(query, context);
    return this.runner.run(query, () => {
      context.check();
    });
  }
}

function toFound<Row>(
  { rows, names, hasMore }: FoundValues,
  { toRow }: Pick<Query<Row>, 'toRow'>,
): Found<Row> {
  const make =
    toRow ??
    ((values: readonly unknown[]) =>
      Object.fromEntries(names.map((name, i) => [name, values[i]])) as Row);
  return { rows: rows.map(make), hasMore };
}

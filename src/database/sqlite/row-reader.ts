import { availableParallelism } from 'node:os';

import type { Database } from 'better-sqlite3';

import type { CallContext } from '../../scheduling/call-context.js';
import { LimitedRows } from '../limited-rows.js';
import type { Found, Query, RowLimit, Statement } from '../query.js';
import { ReaderPool } from '../threads/reader-pool.js';
import { QueryRunner } from './query-runner.js';
import type { ReadGate } from './read-gate.js';
import { sqliteDialect } from './sqlite-dialect.js';

/**
 * More threads than processors share them by the system's clock: a short query need not wait for
 * the end of a long one.
 */
const MIN_THREADS = 4;
const MAX_THREADS = 8;

/** What a thread that reads is started with. */
export interface SqliteReaderData {
  file: string;
}

export interface SqliteTask {
  statements: readonly Statement[];
  limit: RowLimit;
}

/** Reads rows: what is quick on the service's own connection, all else in threads. */
export class RowReader {
  private readonly runner: QueryRunner;
  private readonly pool: ReaderPool<SqliteTask>;

  constructor(connection: Database, gate: ReadGate) {
    this.runner = new QueryRunner(connection);
    const data: SqliteReaderData = { file: connection.name };
    const count = Math.min(Math.max(availableParallelism(), MIN_THREADS), MAX_THREADS);
    this.pool = new ReaderPool({ module: 'sqlite/reader-thread', data, count }, (query) =>
      gate.pass(query),
    );
  }

  /**
   * Throws `BadRequest` for a query that takes too long, `ServiceUnavailable` where others are
   * before it for too long.
   */
  async read<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>> {
    const { rows, hasMore } = await this.run(query, context);
    return { rows: rows.splice(0).map(query.toRow), hasMore };
  }

  /**
   * Whether queries that are not quick are refused, because the last thread for them has failed.
   */
  get hasFailed(): boolean {
    return this.pool.hasFailed;
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private run(
    query: Query<unknown>,
    context: CallContext,
  ): Found<readonly unknown[]> | Promise<Found<readonly unknown[]>> {
    const { limit, patterns } = query;
    const statements = query.toStatements(sqliteDialect);
    if (!query.isQuick || patterns.length > 0) {
      return this.pool.run({ statements, limit }, patterns, context);
    }
    return this.runner.run(statements, new LimitedRows(limit), () => {
      context.check();
    });
  }
}

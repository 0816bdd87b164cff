import type { Database, Statement as PreparedStatement } from 'better-sqlite3';

import type { CallContext } from '../../scheduling/call-context.js';
import type { Found, Query, Statement } from '../query.js';
import { QueryRunner } from './query-runner.js';
import type { ReadGate } from './read-gate.js';
import { ReaderPool } from './reader-pool.js';

/** Reads rows: what is quick on the service's own connection, all else in threads. */
export class RowReader {
  private readonly runner: QueryRunner;
  private readonly pool: ReaderPool;
  private readonly lookups = new Map<string, PreparedStatement>();

  constructor(
    private readonly connection: Database,
    gate: ReadGate,
  ) {
    this.runner = new QueryRunner(connection);
    this.pool = new ReaderPool(connection.name, gate);
  }

  /**
   * Throws `BadRequest` for a query that takes too long, `ServiceUnavailable` where others are
   * before it for too long.
   */
  async read<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>> {
    const { rows, hasMore } = await this.run(query, context);
    return { rows: rows.map(query.toRow), hasMore };
  }

  /** At once: for a row that is found by a key. The statement is one of few texts. */
  first<Row>(
    { text, parameters }: Statement,
    toRow: (values: readonly unknown[]) => Row,
  ): Row | undefined {
    let lookup = this.lookups.get(text);
    if (lookup === undefined) {
      lookup = this.connection.prepare(text).raw();
      this.lookups.set(text, lookup);
    }
    const values = lookup.get(...parameters) as unknown[] | undefined;
    return values === undefined ? undefined : toRow(values);
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
    if (!query.isQuick || query.patterns.length > 0) return this.pool.run(query, context);
    return this.runner.run(query, () => {
      context.check();
    });
  }
}

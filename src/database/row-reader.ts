import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';

import { deadlineOf } from './query-deadline.js';
import { RawRows } from './raw-rows.js';
import { connectionOf } from './sqlite.js';

/** Statements are as many as the shapes of queries; the least recently used goes first. */
const MAX_STATEMENTS = 200;

/** Runs queries that were put together here, each prepared once. */
export class RowReader {
  private readonly statements = new LRUCache<string, RawRows<unknown>>({ max: MAX_STATEMENTS });

  constructor(private readonly dataSource: DataSource) {}

  /** Throws `BadRequest` for a query that takes too long. */
  all<Row>(
    sql: string,
    parameters: readonly unknown[],
    make?: (values: readonly unknown[]) => Row,
  ): Row[] {
    const deadline = deadlineOf(connectionOf(this.dataSource));
    const rows = this.prepare(sql, make);
    return deadline.run(() => rows.all(parameters) as Row[]);
  }

  /** At once: for a row that is found by a key. */
  first<Row>(
    sql: string,
    parameters: readonly unknown[],
    make?: (values: readonly unknown[]) => Row,
  ): Row | undefined {
    return this.prepare(sql, make).get(parameters) as Row | undefined;
  }

  private prepare(sql: string, make?: (values: readonly unknown[]) => unknown): RawRows<unknown> {
    let rows = this.statements.get(sql);
    if (rows === undefined) {
      rows = new RawRows(connectionOf(this.dataSource), sql, make);
      this.statements.set(sql, rows);
    }
    return rows;
  }
}

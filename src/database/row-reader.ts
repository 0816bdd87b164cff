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
  async all<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    const deadline = deadlineOf(connectionOf(this.dataSource));
    const rows = this.prepare(sql);
    return Promise.resolve(deadline.run(() => rows.all(parameters) as Row[]));
  }

  /** At once: for a row that is found by a key. */
  first(sql: string, parameters: readonly unknown[]): unknown {
    return this.prepare(sql).get(parameters);
  }

  private prepare(sql: string): RawRows<unknown> {
    let rows = this.statements.get(sql);
    if (rows === undefined) {
      rows = new RawRows(connectionOf(this.dataSource), sql);
      this.statements.set(sql, rows);
    }
    return rows;
  }
}

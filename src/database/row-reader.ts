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
    const connection = connectionOf(this.dataSource);
    let rows = this.statements.get(sql);
    if (rows === undefined) {
      rows = new RawRows(connection, sql);
      this.statements.set(sql, rows);
    }
    return Promise.resolve(deadlineOf(connection).run(() => rows.all(parameters) as Row[]));
  }
}

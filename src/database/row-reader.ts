import type { Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';

import { connectionOf } from './sqlite.js';

/** Statements are as many as the shapes of queries; the least recently used goes first. */
const MAX_STATEMENTS = 200;

/** Runs queries that were put together here, each prepared once. */
export class RowReader {
  private readonly statements = new LRUCache<string, Statement>({ max: MAX_STATEMENTS });

  constructor(private readonly dataSource: DataSource) {}

  all<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = connectionOf(this.dataSource).prepare(sql);
      this.statements.set(sql, statement);
    }
    return Promise.resolve(statement.all(...parameters) as Row[]);
  }
}

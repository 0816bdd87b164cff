import type { Database, Statement as PreparedStatement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';

import type { LimitedRows } from '../limited-rows.js';
import type { RowLimit, Statement } from '../query.js';

/**
 * Statements are as many as the shapes of queries; the least recently used goes first. So many
 * characters of SQL are kept.
 */
const MAX_STATEMENTS_LENGTH = 262_144;

/** So many rows are read at once: one after the other takes half as long again. */
const MAX_ROWS_AT_ONCE = 101;

/** Runs queries that were put together here on one connection, each statement prepared once. */
export class QueryRunner {
  private readonly prepared = new LRUCache<string, PreparedStatement>({
    maxSize: MAX_STATEMENTS_LENGTH,
    sizeCalculation: (_statement, text) => text.length,
  });

  constructor(private readonly database: Database) {}

  /**
   * Adds rows to those that are found, and reads no more than fit. `check` is called between rows,
   * and throws where the query shall end.
   */
  run(statements: readonly Statement[], found: LimitedRows, check: () => void): LimitedRows {
    for (const { text, parameters } of statements) {
      for (const values of read(this.prepare(text), parameters, found.limit, check)) {
        if (!found.add(values)) return found;
      }
    }
    return found;
  }

  private prepare(text: string): PreparedStatement {
    let prepared = this.prepared.get(text);
    if (prepared === undefined) {
      prepared = this.database.prepare(text).raw();
      this.prepared.set(text, prepared);
    }
    return prepared;
  }
}

function read(
  statement: PreparedStatement,
  parameters: readonly unknown[],
  limit: RowLimit,
  check: () => void,
): Iterable<unknown[]> {
  return limit.rows < MAX_ROWS_AT_ONCE
    ? (statement.all(...parameters) as unknown[][])
    : readOneByOne(statement, parameters, check);
}

function* readOneByOne(
  statement: PreparedStatement,
  parameters: readonly unknown[],
  check: () => void,
): Generator<unknown[]> {
  for (const values of statement.iterate(...parameters)) {
    check();
    yield values as unknown[];
  }
}

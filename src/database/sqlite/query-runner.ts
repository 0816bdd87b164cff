import type { Database, Statement as PreparedStatement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';

import type { Found, Query, RowLimit } from '../query.js';

/**
 * Statements are as many as the shapes of queries; the least recently used goes first. So many
 * characters of SQL are kept.
 */
const MAX_STATEMENTS_LENGTH = 262_144;

/** So many rows are read at once: one after the other takes half as long again. */
const MAX_ROWS_AT_ONCE = 101;

/**
 * Shorter texts are about as long in JSON as they are; escapes can make a text six times as long.
 */
const SHORT_TEXT_LENGTH = 64;

/** Runs queries that were put together here on one connection, each statement prepared once. */
export class QueryRunner {
  private readonly prepared = new LRUCache<string, PreparedStatement>({
    maxSize: MAX_STATEMENTS_LENGTH,
    sizeCalculation: (_statement, text) => text.length,
  });

  constructor(private readonly database: Database) {}

  /**
   * Reads no more rows than fit. `check` is called between rows, and throws where the query shall
   * end.
   */
  run(
    { statements, limit }: Pick<Query<unknown>, 'statements' | 'limit'>,
    check: () => void,
  ): Found<readonly unknown[]> {
    const rows: (readonly unknown[])[] = [];
    let characters = 0;
    for (const { text, parameters } of statements) {
      for (const values of read(this.prepare(text), parameters, limit, check)) {
        characters += lengthOf(values, limit);
        const isFull = rows.length === limit.rows || characters > limit.characters;
        if (isFull && rows.length > 0) return { rows, hasMore: true };
        rows.push(values);
      }
    }
    return { rows, hasMore: false };
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

/** About how long a row is in JSON. */
function lengthOf(values: readonly unknown[], { charactersOfRow }: RowLimit): number {
  let length = charactersOfRow;
  for (const value of values) {
    if (typeof value !== 'string') continue;
    length += value.length > SHORT_TEXT_LENGTH ? JSON.stringify(value).length : value.length;
  }
  return length;
}

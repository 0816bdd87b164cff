import type { Database, Statement as PreparedStatement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';

import type { Found, Query, RowLimit } from '../query.js';

/** Statements are as many as the shapes of queries; the least recently used goes first. So many characters of SQL are kept. */
const MAX_STATEMENTS_LENGTH = 262_144;

/** So many rows are read at once: one after the other takes half as long again. */
const MAX_ROWS_AT_ONCE = 101;

/** Shorter texts are about as long in JSON as they are; escapes can make a text six times as long. */
const SHORT_TEXT_LENGTH = 64;

interface Prepared {
  statement: PreparedStatement;
  names: readonly string[];
}

/** Rows as lists of values, which have the names of the columns. */
export interface FoundValues extends Found<readonly unknown[]> {
  names: readonly string[];
}

/** Runs queries that were put together here on one connection, each statement prepared once. */
export class QueryRunner {
  private readonly prepared = new LRUCache<string, Prepared>({
    maxSize: MAX_STATEMENTS_LENGTH,
    sizeCalculation: (_prepared, text) => text.length,
  });

  constructor(private readonly database: Database) {}

  /** Reads no more rows than fit. `check` is called between rows, and throws where the query shall end. */
  run(
    { statements, limit }: Pick<Query<unknown>, 'statements' | 'limit'>,
    check: () => void,
  ): FoundValues {
    const rows: (readonly unknown[])[] = [];
    let names: readonly string[] = [];
    let characters = 0;
    for (const { text, parameters } of statements) {
      const prepared = this.prepare(text);
      ({ names } = prepared);
      for (const values of read(prepared.statement, parameters, limit, check)) {
        characters += lengthOf(values, limit);
        const isFull = rows.length === limit.rows || characters > limit.characters;
        if (isFull && rows.length > 0) return { rows, names, hasMore: true };
        rows.push(values);
      }
    }
    return { rows, names, hasMore: false };
  }

  private prepare(text: string): Prepared {
    let prepared = this.prepared.get(text);
    if (prepared === undefined) {
      const statement = this.database.prepare(text);
      const names = statement.columns().map(({ name }) => name);
      prepared = { statement: statement.raw(), names };
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

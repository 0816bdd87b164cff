/** Queries that no database has put into its words yet. */
import type { Pattern } from '../odata/expressions/patterns.js';
import type { SqlDialect } from '../odata/sql/sql-dialect.js';

/** It can be run on any connection and in any thread. */
export interface Statement {
  text: string;
  parameters: readonly unknown[];
}

export interface Query<Row> {
  /**
   * Their rows, one after the other, are those of the query. Throws `NotExpressible` where the
   * dialect cannot say it.
   */
  toStatements: (dialect: SqlDialect) => readonly Statement[];
  /**
   * Makes a row of its values. Integers may come as texts, as drivers give what may not fit a
   * number.
   */
  toRow: (values: readonly unknown[]) => Row;
  limit: RowLimit;
  /** Whether no more rows are looked at than are returned. */
  isQuick: boolean;
  /** What has to be compiled before. */
  patterns: readonly Pattern[];
  /** `undefined` where every database says it. */
  toJudging?: () => Judging;
}

/**
 * How a query is told where the database cannot say it exactly: it selects the rows that may be
 * meant, and another database decides on them, in a table of the same name and columns.
 */
export interface Judging {
  /** Quoted. */
  table: string;
  /** Selects the rows, in the words of the one. */
  toSources: (dialect: SqlDialect) => Sources;
  /** Decides on them, in the words of the other. */
  toStatements: (dialect: SqlDialect) => readonly Statement[];
  /**
   * What parts of the rows tell: the rows of the query, one part after the other, where they come
   * in its order; numbers that add up; or nothing, before all are there.
   */
  parts: 'rows' | 'numbers' | 'none';
  /** How many of the rows that are found come before the first of the query. */
  skip: number;
}

export interface Sources {
  /** Each gives a part of the rows; the statement that has its place, or the only one, decides. */
  statements: readonly Statement[];
  /** Whether the rows come in the order of the query. */
  isOrdered: boolean;
}

/**
 * How many rows are returned at the most, and about how long they may be in JSON together; the
 * first is returned whatever its length.
 */
export interface RowLimit {
  rows: number;
  characters: number;
  /** How long a row is in JSON beside its texts. */
  charactersOfRow: number;
}

export interface Found<Row> {
  /**
   * Whoever goes on with them takes them out (`splice(0)`): the promises of who waited long are old
   * to the collector of garbage, and would keep what they had until the whole heap is collected.
   */
  rows: Row[];
  /** Whether there are more than the limit lets through. */
  hasMore: boolean;
}

/** For what is known to be a few rows. */
export const FEW_ROWS: RowLimit = { rows: 100, characters: Infinity, charactersOfRow: 0 };

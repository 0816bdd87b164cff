/** Queries as data, which can be run on any connection and in any thread. */
import type { Pattern } from '../odata/expressions/patterns.js';

export interface Statement {
  text: string;
  parameters: readonly unknown[];
}

export interface Query<Row> {
  /** Their rows, one after the other, are those of the query. */
  statements: readonly Statement[];
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
  rows: Row[];
  /** Whether there are more than the limit lets through. */
  hasMore: boolean;
}

/** For what is known to be a few rows. */
export const FEW_ROWS: RowLimit = { rows: 100, characters: Infinity, charactersOfRow: 0 };

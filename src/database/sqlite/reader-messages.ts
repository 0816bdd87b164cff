/** What the service and a thread that reads say to each other. */
import type { PatternProblem } from '../../odata/expressions/patterns.js';
import type { Found, Query } from '../query.js';

/**
 * What a thread is started with: the database, and where it is told to stop what it is at
 * (`STOPPED`).
 */
export interface ReaderData {
  file: string;
  signal: Int32Array;
}

export const GOING = 0;
export const STOPPED = 1;

/** A query as a thread gets it: the texts of its patterns, and how much time it has. */
export interface ToReader extends Pick<Query<unknown>, 'statements' | 'limit'> {
  patterns: readonly string[];
  remainingMs: number;
}

export type FromReader =
  | { found: Found<readonly unknown[]> }
  /** It took too long, or nobody waits for it any more. */
  | { end: 'late' | 'stopped' }
  /** Which of the patterns cannot be compiled, and why. */
  | { pattern: number; problem: PatternProblem }
  | { failure: { message: string; code: string | undefined } };

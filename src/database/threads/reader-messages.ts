/** What the service and a thread that reads say to each other. */
import type { PatternProblem } from '../../odata/expressions/patterns.js';
import type { Found } from '../query.js';

/** Where a thread is told to stop what it is at (`STOPPED`), among what it is started with. */
export interface ReaderData {
  signal: Int32Array;
}

export const GOING = 0;
export const STOPPED = 1;

/** A query as a thread gets it: the texts of its patterns, and how much time it has. */
export interface ToReader<Task> {
  task: Task;
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

/** What every thread that reads does: one query after the other. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

import { MAX_PATTERN_STEPS } from '../../odata/expressions/pattern.js';
import { compilePattern } from '../patterns.js';
import type { Found } from '../query.js';
import { CLOSE } from './database-thread.js';
import { Ended, type Deadline } from './deadline.js';
import type { FromReader, ToReader } from './reader-messages.js';

/**
 * A tenth of a processor, about, where what serves and what commits wants all of them; else as much
 * as there is.
 */
const NICENESS = 10;

export interface ReadWork<Task> {
  /** Throws `Ended` where the deadline has it. */
  run: (task: Task) => Found<readonly unknown[]> | Promise<Found<readonly unknown[]>>;
  close: () => void;
}

/** Called when a thread is ready, and not before. */
export function serveReads<Task>(deadline: Deadline, { run, close }: ReadWork<Task>): void {
  const port = parentPort!;

  async function answer({ task, patterns, remainingMs }: ToReader<Task>): Promise<FromReader> {
    deadline.begin(remainingMs);
    try {
      return compileAll(patterns, deadline) ?? { found: await run(task) };
    } catch (error) {
      if (error instanceof Ended) return { end: error.end };
      const { message, code = 'ERR_UNKNOWN' } = error as Error & { code?: string };
      return { failure: { message, code } };
    }
  }

  // On Linux a priority is a thread's own; elsewhere it would be the whole process's.
  if (process.platform === 'linux') setPriority(NICENESS);

  port.on('message', (message: ToReader<Task> | typeof CLOSE) => {
    if (message !== CLOSE) {
      void answer(message).then((answered) => {
        port.postMessage(answered);
      });
      return;
    }
    close();
    port.close();
  });
}

/** What is wrong with the patterns; each is compiled once, however often it is mentioned. */
function compileAll(patterns: readonly string[], deadline: Deadline): FromReader | undefined {
  let steps = 0;
  for (const [at, pattern] of patterns.entries()) {
    deadline.check();
    const compiled = compilePattern(pattern);
    if (compiled === undefined) return { pattern: at, problem: 'malformed' };
    steps += compiled.programSize();
    if (steps > MAX_PATTERN_STEPS) return { pattern: at, problem: 'too many steps' };
  }
  return undefined;
}

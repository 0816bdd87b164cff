/**
 * A thread that reads: a connection of its own, one query after the other. Messages are in
 * `reader-messages.ts`.
 */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { MAX_PATTERN_STEPS } from '../../odata/expressions/pattern.js';
import { CLOSE } from './database-thread.js';
import { compilePattern } from './patterns.js';
import { QueryRunner } from './query-runner.js';
import { STOPPED, type FromReader, type ReaderData, type ToReader } from './reader-messages.js';
import { openForReading } from './connection.js';
import { registerFunctions } from './sqlite-dialect.js';
import { loadSqliteDriver } from './sqlite-driver.js';

/**
 * A tenth of a processor, about, where what serves and what commits wants all of them; else as much
 * as there is.
 */
const NICENESS = 10;

class Ended extends Error {
  constructor(readonly end: 'late' | 'stopped') {
    super(end);
  }
}

const { file, signal } = workerData as ReaderData;
const port = parentPort!;
let endsAt = Infinity;

/**
 * SQLite asks nobody whether to go on, so this is called for every row. What is thrown within a
 * function ends the query.
 */
function check(): void {
  if (Atomics.load(signal, 0) === STOPPED) throw new Ended('stopped');
  if (performance.now() > endsAt) throw new Ended('late');
}

const connection = openForReading(await loadSqliteDriver(), file);
registerFunctions(connection, check);
const runner = new QueryRunner(connection);

function answer(message: ToReader): FromReader {
  endsAt = performance.now() + message.remainingMs;
  try {
    return compileAll(message.patterns) ?? { found: runner.run(message, check) };
  } catch (error) {
    if (error instanceof Ended) return { end: error.end };
    const { message: text, code = 'ERR_UNKNOWN' } = error as Error & { code?: string };
    return { failure: { message: text, code } };
  }
}

/** What is wrong with the patterns; each is compiled once, however often it is mentioned. */
function compileAll(patterns: readonly string[]): FromReader | undefined {
  let steps = 0;
  for (const [at, pattern] of patterns.entries()) {
    check();
    const compiled = compilePattern(pattern);
    if (compiled === undefined) return { pattern: at, problem: 'malformed' };
    steps += compiled.programSize();
    if (steps > MAX_PATTERN_STEPS) return { pattern: at, problem: 'too many steps' };
  }
  return undefined;
}

// When it is ready, and not before. On Linux a priority is a thread's own; elsewhere it would be
// the whole process's.
if (process.platform === 'linux') setPriority(NICENESS);

port.on('message', (message: ToReader | typeof CLOSE) => {
  if (message !== CLOSE) {
    port.postMessage(answer(message));
    return;
  }
  connection.close();
  port.close();
});

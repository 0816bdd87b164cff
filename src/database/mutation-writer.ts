import { Worker } from 'node:worker_threads';

import type { Database } from 'better-sqlite3';

import type { MutationOutcome, MutationStatements, MutationUnit } from './mutation.js';
import { MutationTransaction } from './mutation-transaction.js';

/** What the thread is started with. */
export interface WriterData {
  file: string;
  statements: MutationStatements;
}

/** JSON of `MutationUnit[]`, or `close`. A text is copied to the thread in a fraction of the time that its values would take. */
export type ToWriter = string;

/** How each message fared, in their order: JSON of `MutationOutcome[][]`, where the units are committed. Empty when the thread is ready. */
export type FromWriter = readonly ({ outcomes: string } | { failure: Failure })[];

interface Failure {
  message: string;
  code: string | undefined;
}

/** The compiled file, also where a test runner compiles the others in memory: a thread loads nothing but JavaScript. */
const THREAD = new URL(
  import.meta.url.replace(
    /\/(?:dist\/)?src\/database\/[^/]+$/,
    '/dist/src/database/writer-thread.js',
  ),
);

/** Ends the thread. */
export const CLOSE: ToWriter = 'close';

interface Pending {
  resolve: (outcomes: MutationOutcome[][]) => void;
  reject: (error: Error) => void;
}

/**
 * Commits mutations: a lone unit on the service's own connection, at once; several in a thread of their own, so that the service goes on
 * reading and answering while they are written and synced. The thread is started when it is first of use, and until it is ready,
 * groups are committed here. Only one connection writes at a time.
 */
export class MutationWriter {
  private readonly here: MutationTransaction;
  private thread: Worker | undefined;
  /** Whether groups are handed over to the thread, and several can be on their way. */
  isReady = false;
  private pending: Pending[] = [];

  constructor(
    private readonly connection: Database,
    private readonly statements: MutationStatements,
  ) {
    this.here = new MutationTransaction(connection, statements);
  }

  /** Resolves, or returns, when the units are committed and synced. Throws, with nothing stored, where they cannot be. */
  commit(units: readonly MutationUnit[]): MutationOutcome[][] | Promise<MutationOutcome[][]> {
    if (units.length === 1 && this.pending.length === 0) return this.here.run(units);
    this.thread ??= this.start();
    if (!this.isReady) return this.here.run(units);
    const { thread } = this;
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject });
      thread.postMessage(JSON.stringify(units));
    });
  }

  /** Resolves when the thread has closed its connection and ended. */
  async close(): Promise<void> {
    const { thread } = this;
    if (thread === undefined) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage(CLOSE);
    await ended;
  }

  private start(): Worker {
    const data: WriterData = { file: this.connection.name, statements: this.statements };
    const thread = new Worker(THREAD, { workerData: data });
    thread.on('message', (message: FromWriter) => {
      this.isReady = true;
      for (const result of message) settle(this.pending.shift()!, result);
    });
    thread.on('error', (error: Error) => {
      this.abandon(error);
    });
    thread.on('exit', () => {
      this.thread = undefined;
      this.isReady = false;
      this.abandon(new Error('the thread that writes has ended'));
    });
    return thread;
  }

  private abandon(error: Error): void {
    const { pending } = this;
    this.pending = [];
    for (const { reject } of pending) reject(error);
  }
}

function settle({ resolve, reject }: Pending, result: FromWriter[number]): void {
  if ('outcomes' in result) {
    resolve(JSON.parse(result.outcomes) as MutationOutcome[][]);
  } else {
    const { message, code } = result.failure;
    reject(Object.assign(new Error(message), { code }));
  }
}

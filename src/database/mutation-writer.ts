import type { Database } from 'better-sqlite3';

import { Checkpoints } from './checkpoints.js';
import { DatabaseThread } from './database-thread.js';
import type { MutationOutcome, MutationStatements, MutationUnit } from './mutation.js';
import { MutationTransaction } from './mutation-transaction.js';
import type { ReadGate } from './read-gate.js';
import { finishCheckpoint } from './sqlite.js';

/** What the thread is started with. */
export interface WriterData {
  file: string;
  statements: MutationStatements;
}

/** How each group that was posted fared, in their order: JSON of `MutationOutcome[][]`, where it is committed. Empty when the thread is ready. */
export type FromWriter = readonly Result[] | typeof FINISH_CHECKPOINT;

type Result = { outcomes: string } | { failure: Failure };

/** Asks the thread to copy what little a checkpoint has left, and is its answer. All other messages are JSON of `MutationUnit[]`: texts are copied far faster than values. */
export const FINISH_CHECKPOINT = 'finish checkpoint';

/** A log of so many pages, four hundred megabytes with what comes meanwhile, has not begun anew for long: those who read have to pause. */
const MAX_LOG_PAGES = 60_000;

/** So many pages are copied while writers wait. */
const MAX_LEFT_PAGES = 1000;

interface Failure {
  message: string;
  code: string | undefined;
}

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
  /** Whether groups are handed over to the thread, and several can be on their way. */
  isReady = false;
  private readonly here: MutationTransaction;
  private readonly checkpoints: Checkpoints;
  private thread: DatabaseThread<string, FromWriter> | undefined;
  private pending: Pending[] = [];
  private onFinished: (() => void) | undefined;

  constructor(
    private readonly connection: Database,
    private readonly statements: MutationStatements,
    private readonly gate: ReadGate,
  ) {
    this.here = new MutationTransaction(connection, statements);
    this.checkpoints = new Checkpoints(connection.name, async ({ log, left }) => {
      if (log > MAX_LOG_PAGES) await this.gate.whileEmpty(() => this.copyAndFinish());
      // Writers would wait for more. What readers hold back now is copied next time.
      else if (left <= MAX_LEFT_PAGES) await this.finishCheckpoint();
    });
  }

  /** Resolves, or returns, when the units are committed and synced. Throws, with nothing stored, where they cannot be. */
  commit(units: readonly MutationUnit[]): MutationOutcome[][] | Promise<MutationOutcome[][]> {
    this.checkpoints.count(units.length);
    if (units.length === 1 && this.pending.length === 0) return this.here.run(units);
    this.thread ??= this.start();
    if (!this.isReady) return this.here.run(units);
    const { thread } = this;
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject });
      thread.post(JSON.stringify(units));
    });
  }

  /** Resolves when nothing is done in the background any more. */
  async close(): Promise<void> {
    await Promise.all([this.checkpoints.close(), this.thread?.close()]);
  }

  private start(): DatabaseThread<string, FromWriter> {
    const data: WriterData = { file: this.connection.name, statements: this.statements };
    return new DatabaseThread<string, FromWriter>('writer-thread', data, {
      message: (results) => {
        this.isReady = true;
        if (results === FINISH_CHECKPOINT) this.onFinished?.();
        else for (const result of results) settle(this.pending.shift()!, result);
      },
      end: (error) => {
        this.thread = undefined;
        this.isReady = false;
        const { pending } = this;
        this.pending = [];
        for (const { reject } of pending) reject(error);
        this.onFinished?.();
      },
    });
  }

  /** While nobody reads, all can be copied. */
  private async copyAndFinish(): Promise<void> {
    await this.checkpoints.copy();
    await this.finishCheckpoint();
  }

  /** Only who writes can see to it that nothing new comes meanwhile. */
  private async finishCheckpoint(): Promise<void> {
    const { thread } = this;
    if (thread === undefined || !this.isReady) {
      finishCheckpoint(this.connection);
      return;
    }
    await new Promise<void>((resolve) => {
      this.onFinished = resolve;
      thread.post(FINISH_CHECKPOINT);
    });
  }
}

function settle({ resolve, reject }: Pending, result: Result): void {
  if ('outcomes' in result) {
    resolve(JSON.parse(result.outcomes) as MutationOutcome[][]);
  } else {
    const { message, code } = result.failure;
    reject(Object.assign(new Error(message), { code }));
  }
}

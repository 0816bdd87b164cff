import { Logger } from '@nestjs/common';
import type { Database } from 'better-sqlite3';

import type { MutationOutcome } from '../mutation.js';
import { DatabaseThread } from '../threads/database-thread.js';
import { OUTCOME_UNKNOWN, WRITER_AWAY } from './driver-errors.js';
import type { MutationUnit, TableStatements } from './mutation.js';
import type { ReadGate } from './read-gate.js';
import { requireFileInPlace } from './connection.js';
import {
  COPY_LOG,
  type FromWriter,
  type Result,
  type ToWriter,
  type WriterData,
} from './writer-messages.js';

/** How long no thread is started after one has ended by itself. */
const RESTART_PAUSE_MS = 1000;

interface Pending {
  resolve: (outcomes: MutationOutcome[][]) => void;
  reject: (error: Error) => void;
}

/**
 * Commits mutations in a thread, the only one of the service that writes, so that everything else
 * goes on while they are written and synced.
 */
export class MutationWriter {
  private readonly logger = new Logger();
  private thread: DatabaseThread<ToWriter, FromWriter> | undefined;
  private pending: Pending[] = [];
  private onLogCopied: (() => void) | undefined;
  private isReady = false;
  private isClosing = false;
  /** When a thread ended by itself, and none has been ready since. */
  private failedAt: number | undefined;

  constructor(
    private readonly connection: Database,
    private readonly tables: readonly { statements: TableStatements }[],
    private readonly gate: ReadGate,
  ) {}

  /** Makes the thread ready before it is of use. */
  open(): void {
    this.thread ??= this.start();
  }

  /** Throws where the thread has ended by itself, and starts another. */
  check(): void {
    if (this.failedAt === undefined) return;
    this.open();
    throw away();
  }

  /**
   * Resolves when the units are committed and synced. Throws, with nothing stored, where they
   * cannot be.
   */
  async commit(units: readonly MutationUnit[]): Promise<MutationOutcome[][]> {
    const thread = (this.thread ??= this.start());
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject });
      thread.post(JSON.stringify(units));
    });
  }

  /** Resolves when the thread has ended. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.thread?.close();
  }

  private start(): DatabaseThread<ToWriter, FromWriter> {
    const sinceFailure = performance.now() - (this.failedAt ?? -Infinity);
    if (sinceFailure < RESTART_PAUSE_MS) throw away();
    // The thread would open what stands in the place of the file now.
    requireFileInPlace(this.connection);
    const tables = this.tables.map(({ statements }) => statements);
    const data: WriterData = { file: this.connection.name, tables };
    return new DatabaseThread<ToWriter, FromWriter>('sqlite/writer-thread', data, {
      message: (message) => {
        if (message === COPY_LOG) {
          this.onLogCopied?.();
          return;
        }
        this.isReady = true;
        this.failedAt = undefined;
        for (const result of message.results) settle(this.pending.shift()!, result);
        if (message.isLogLong) void this.gate.whileEmpty(() => this.copyLog());
      },
      end: (error) => {
        this.end(error);
      },
    });
  }

  private end(error: Error): void {
    const { pending, isReady } = this;
    this.thread = undefined;
    this.pending = [];
    this.isReady = false;
    this.onLogCopied?.();
    for (const { reject } of pending) reject(isReady ? unknown(error) : away(error));
    if (this.isClosing) return;
    this.failedAt = performance.now();
    this.logger.error(`The thread that writes to the database has ended: ${error.message}`);
  }

  private async copyLog(): Promise<void> {
    const { thread } = this;
    if (thread === undefined) return;
    await new Promise<void>((resolve) => {
      this.onLogCopied = resolve;
      thread.post(COPY_LOG);
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

/** A write that was not begun. */
function away(cause?: Error): Error {
  const error = new Error('there is no thread to write to the database', { cause });
  return Object.assign(error, { code: WRITER_AWAY });
}

/** A write that the thread did not live to answer. */
function unknown(cause: Error): Error {
  const error = new Error('the thread that writes to the database has ended', { cause });
  return Object.assign(error, { code: OUTCOME_UNKNOWN });
}

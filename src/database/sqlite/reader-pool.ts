import { availableParallelism } from 'node:os';

import { Logger } from '@nestjs/common';

import { GraphError } from '../../errors/graph-error.js';
import type { CallContext } from '../../scheduling/call-context.js';
import { FairQueue } from '../../scheduling/fair-queue.js';
import { serviceBusy } from '../../scheduling/overload.js';
import { DatabaseThread } from './database-thread.js';
import type { Found, Query } from '../query.js';
import type { ReadGate } from './read-gate.js';
import {
  GOING,
  STOPPED,
  type FromReader,
  type ReaderData,
  type ToReader,
} from './reader-messages.js';

/**
 * More threads than processors share them by the system's clock: a short query need not wait for
 * the end of a long one.
 */
const MIN_THREADS = 4;
const MAX_THREADS = 8;

const MAX_WAITING = 512;
const MAX_WAITING_PER_CALLER = 64;

/**
 * A thread that had nothing to do for so long ends: what it holds is memory, and another starts in
 * 50 ms.
 */
const IDLE_MS = 10_000;

/** How long no thread is started after one has failed. */
const FAILURE_PAUSE_MS = 1000;

/**
 * Threads that only read, each with a connection of its own. Callers take turns; no caller has more
 * than half of the threads.
 */
export class ReaderPool {
  private readonly size = Math.min(Math.max(availableParallelism(), MIN_THREADS), MAX_THREADS);
  private readonly queue = new FairQueue({
    running: this.size,
    runningPerCaller: this.size / 2,
    waiting: MAX_WAITING,
    waitingPerCaller: MAX_WAITING_PER_CALLER,
  });
  private readonly threads = new Set<ReaderThread>();
  private readonly idle: ReaderThread[] = [];
  private readonly endings = new WeakMap<ReaderThread, NodeJS.Timeout>();
  private readonly logger = new Logger();
  /** When a thread ended by itself, and none has answered since. */
  private failedAt: number | undefined;

  constructor(
    private readonly file: string,
    private readonly gate: ReadGate,
  ) {}

  /**
   * Throws what the query is refused with: it took too long, waited too long, or has a pattern that
   * is none.
   */
  run<Row>(query: Query<Row>, context: CallContext): Promise<Found<readonly unknown[]>> {
    return this.queue.run(context, async () => {
      const thread = this.take();
      try {
        const since = performance.now();
        const answer = await this.gate.pass(() => {
          context.noteWait(performance.now() - since);
          // Who has gone while the gate was closed is not told of any more.
          context.check();
          return thread.read(query, context);
        });
        if (!('failure' in answer)) this.failedAt = undefined;
        return foundIn(answer, query, context);
      } finally {
        this.rest(thread);
      }
    });
  }

  get hasFailed(): boolean {
    return this.failedAt !== undefined;
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  private take(): ReaderThread {
    const thread = this.idle.pop() ?? this.start();
    clearTimeout(this.endings.get(thread));
    return thread;
  }

  private rest(thread: ReaderThread): void {
    if (!this.threads.has(thread)) return;
    this.idle.push(thread);
    const ending = setTimeout(() => {
      this.forget(thread);
      void thread.close();
    }, IDLE_MS);
    this.endings.set(thread, ending.unref());
  }

  private forget(thread: ReaderThread): void {
    this.threads.delete(thread);
    const at = this.idle.indexOf(thread);
    if (at !== -1) this.idle.splice(at, 1);
  }

  private start(): ReaderThread {
    const sinceFailure = performance.now() - (this.failedAt ?? -Infinity);
    if (sinceFailure < FAILURE_PAUSE_MS) throw serviceBusy();
    const thread = new ReaderThread(this.file, (error) => {
      this.forget(thread);
      if (error === undefined) return;
      this.failedAt = performance.now();
      this.logger.error(`A thread that reads from the database has failed: ${error.message}`);
    });
    this.threads.add(thread);
    return thread;
  }
}

/** One thread, which runs one query at a time. */
class ReaderThread {
  private readonly signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly thread: DatabaseThread<ToReader, FromReader>;
  private pending: ((answer: FromReader) => void) | undefined;
  private isClosing = false;

  constructor(file: string, onEnd: (error: Error | undefined) => void) {
    const data: ReaderData = { file, signal: this.signal };
    this.thread = new DatabaseThread('reader-thread', data, {
      message: (answer) => {
        this.pending?.(answer);
      },
      end: (error) => {
        onEnd(this.isClosing ? undefined : error);
        this.pending?.({ failure: { message: error.message, code: undefined } });
      },
    });
  }

  async read<Row>(query: Query<Row>, context: CallContext): Promise<FromReader> {
    const { statements, limit, patterns } = query;
    Atomics.store(this.signal, 0, GOING);
    const stay = context.onGone(() => {
      Atomics.store(this.signal, 0, STOPPED);
    });
    try {
      return await new Promise((resolve) => {
        this.pending = resolve;
        this.thread.post({
          statements,
          limit,
          patterns: patterns.map(({ linear }) => linear),
          remainingMs: context.remainingMs,
        });
      });
    } finally {
      this.pending = undefined;
      stay();
    }
  }

  close(): Promise<void> {
    this.isClosing = true;
    Atomics.store(this.signal, 0, STOPPED);
    return this.thread.close();
  }
}

function foundIn<Row>(
  answer: FromReader,
  query: Query<Row>,
  context: CallContext,
): Found<readonly unknown[]> {
  if ('found' in answer) return answer.found;
  if ('pattern' in answer) throw query.patterns[answer.pattern]!.toFault(answer.problem);
  if ('end' in answer) throw answer.end === 'late' ? context.toTimeout() : serviceBusy();
  const { message, code } = answer.failure;
  const cause = Object.assign(new Error(message), { code });
  if (code !== undefined) throw cause;
  throw new GraphError(
    'ServiceUnavailable',
    'The query could not be run to its end. Try again shortly.',
    { headers: { 'Retry-After': '1' }, cause },
  );
}

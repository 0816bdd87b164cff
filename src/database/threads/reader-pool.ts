import { Logger } from '@nestjs/common';

import { GraphError } from '../../errors/graph-error.js';
import type { Pattern } from '../../odata/expressions/patterns.js';
import type { CallContext } from '../../scheduling/call-context.js';
import { FairQueue } from '../../scheduling/fair-queue.js';
import { serviceBusy } from '../../scheduling/overload.js';
import { DatabaseThread } from './database-thread.js';
import type { Found } from '../query.js';
import {
  GOING,
  STOPPED,
  type FromReader,
  type ReaderData,
  type ToReader,
} from './reader-messages.js';

const MAX_WAITING = 512;
const MAX_WAITING_PER_CALLER = 64;

/**
 * A thread that had nothing to do for so long ends: what it holds is memory, and another starts in
 * 50 ms.
 */
const IDLE_MS = 10_000;

/** How long no thread is started after one has failed. */
const FAILURE_PAUSE_MS = 1000;

/** What the threads of a pool are. */
export interface ReaderThreads {
  /** The file that they run, below `src/database`. */
  module: string;
  /** What each of them is started with. */
  data: object;
  count: number;
}

/**
 * Threads that only read, each with a connection of its own. Callers take turns; no caller has more
 * than half of the threads.
 */
export class ReaderPool<Task> {
  private readonly queue: FairQueue;
  private readonly threads = new Set<ReaderThread<Task>>();
  private readonly idle: ReaderThread<Task>[] = [];
  private readonly endings = new WeakMap<ReaderThread<Task>, NodeJS.Timeout>();
  private readonly logger = new Logger();
  /** When a thread ended by itself, and none has answered since. */
  private failedAt: number | undefined;

  constructor(
    private readonly kind: ReaderThreads,
    /** Lets a query begin. */
    private readonly pass: <T>(query: () => Promise<T>) => Promise<T> = (query) => query(),
  ) {
    this.queue = new FairQueue({
      running: kind.count,
      runningPerCaller: Math.ceil(kind.count / 2),
      waiting: MAX_WAITING,
      waitingPerCaller: MAX_WAITING_PER_CALLER,
    });
  }

  /**
   * Throws what the query is refused with: it took too long, waited too long, or has a pattern that
   * is none.
   */
  run(
    task: Task,
    patterns: readonly Pattern[],
    context: CallContext,
  ): Promise<Found<readonly unknown[]>> {
    return this.queue.run(context, async () => {
      const thread = this.take();
      try {
        const since = performance.now();
        const answer = await this.pass(() => {
          context.noteWait(performance.now() - since);
          // Who has gone while it could not begin is not told of any more.
          context.check();
          return thread.read(task, patterns, context);
        });
        if (!('failure' in answer)) this.failedAt = undefined;
        return foundIn(answer, patterns, context);
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

  private take(): ReaderThread<Task> {
    const thread = this.idle.pop() ?? this.start();
    clearTimeout(this.endings.get(thread));
    return thread;
  }

  private rest(thread: ReaderThread<Task>): void {
    if (!this.threads.has(thread)) return;
    this.idle.push(thread);
    const ending = setTimeout(() => {
      this.forget(thread);
      void thread.close();
    }, IDLE_MS);
    this.endings.set(thread, ending.unref());
  }

  private forget(thread: ReaderThread<Task>): void {
    this.threads.delete(thread);
    const at = this.idle.indexOf(thread);
    if (at !== -1) this.idle.splice(at, 1);
  }

  private start(): ReaderThread<Task> {
    const sinceFailure = performance.now() - (this.failedAt ?? -Infinity);
    if (sinceFailure < FAILURE_PAUSE_MS) throw serviceBusy();
    const thread = new ReaderThread<Task>(this.kind, (error) => {
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
class ReaderThread<Task> {
  private readonly signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly thread: DatabaseThread<ToReader<Task>, FromReader>;
  private pending: ((answer: FromReader) => void) | undefined;
  private isClosing = false;

  constructor({ module, data }: ReaderThreads, onEnd: (error: Error | undefined) => void) {
    const ofReader: ReaderData = { signal: this.signal };
    this.thread = new DatabaseThread(
      module,
      { ...data, ...ofReader },
      {
        message: (answer) => {
          this.pending?.(answer);
        },
        end: (error) => {
          onEnd(this.isClosing ? undefined : error);
          this.pending?.({ failure: { message: error.message, code: undefined } });
        },
      },
    );
  }

  async read(task: Task, patterns: readonly Pattern[], context: CallContext): Promise<FromReader> {
    Atomics.store(this.signal, 0, GOING);
    const stay = context.onGone(() => {
      Atomics.store(this.signal, 0, STOPPED);
    });
    try {
      return await new Promise((resolve) => {
        this.pending = resolve;
        this.thread.post({
          task,
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

function foundIn(
  answer: FromReader,
  patterns: readonly Pattern[],
  context: CallContext,
): Found<readonly unknown[]> {
  if ('found' in answer) return answer.found;
  if ('pattern' in answer) throw patterns[answer.pattern]!.toFault(answer.problem);
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

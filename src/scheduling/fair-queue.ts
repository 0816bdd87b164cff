import type { CallContext } from './call-context.js';
import { serviceBusy } from './overload.js';

/** How much may be done at once, and how much may wait, in all and for one caller. */
export interface FairQueueLimits {
  running: number;
  runningPerCaller: number;
  waiting: number;
  waitingPerCaller: number;
  /** How long the place of work that took so long stays empty behind it; not at all unless said. */
  toRestMs?: (tookMs: number) => number;
}

interface Waiting {
  start: () => void;
}

interface Line {
  waiting: Waiting[];
  running: number;
}

/**
 * Callers take turns: however much one asks for, another waits for one piece of work of each caller
 * at most. What waits does so on its deadline, and goes when its caller has gone.
 */
export class FairQueue {
  /**
   * The lines of the callers who have something running or waiting; of those that wait, the one
   * whose turn is next comes first.
   */
  private readonly lines = new Map<string, Line>();
  private running = 0;
  private waiting = 0;

  constructor(private readonly limits: FairQueueLimits) {}

  /**
   * Throws `ServiceUnavailable` where too much waits already, or the turn does not come in time.
   */
  async run<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
    const line = this.lineOf(context.caller);
    await this.turn(line, context);
    const beganAt = performance.now();
    try {
      return await work();
    } finally {
      const restMs = this.limits.toRestMs?.(performance.now() - beganAt) ?? 0;
      const leave = (): void => {
        this.end(context.caller, line);
      };
      if (restMs > 0) setTimeout(leave, restMs).unref();
      else leave();
    }
  }

  private end(caller: string, line: Line): void {
    this.running -= 1;
    line.running -= 1;
    this.startNext();
    this.dropIdle(caller, line);
  }

  private lineOf(caller: string): Line {
    let line = this.lines.get(caller);
    if (line === undefined) {
      line = { waiting: [], running: 0 };
      this.lines.set(caller, line);
    }
    return line;
  }

  /** Resolves when the work may begin, and counts as running from then on. */
  private turn(line: Line, context: CallContext): Promise<void> | undefined {
    if (this.mayStart(line)) {
      this.begin(line);
      return undefined;
    }
    const { limits } = this;
    if (this.waiting >= limits.waiting || line.waiting.length >= limits.waitingPerCaller) {
      throw serviceBusy();
    }
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        start: () => {
          leave();
          this.begin(line);
          resolve();
        },
      };
      const giveUp = (): void => {
        leave();
        line.waiting.splice(line.waiting.indexOf(entry), 1);
        this.dropIdle(context.caller, line);
        reject(serviceBusy());
      };
      const timer = setTimeout(giveUp, Math.max(context.remainingMs, 0));
      const stay = context.onGone(giveUp);
      const leave = (): void => {
        clearTimeout(timer);
        stay();
        this.waiting -= 1;
        context.noteWait(performance.now() - since);
      };
      if (line.waiting.length === 0) this.moveToEnd(context.caller, line);
      this.waiting += 1;
      line.waiting.push(entry);
    });
  }

  private mayStart(line: Line): boolean {
    return (
      this.running < this.limits.running &&
      line.running < this.limits.runningPerCaller &&
      // Or it would come before those that wait.
      line.waiting.length === 0
    );
  }

  private begin(line: Line): void {
    this.running += 1;
    line.running += 1;
  }

  private startNext(): void {
    for (const [caller, line] of this.lines) {
      if (this.running >= this.limits.running) return;
      if (line.running >= this.limits.runningPerCaller) continue;
      const next = line.waiting.shift();
      if (next === undefined) continue;
      this.moveToEnd(caller, line);
      next.start();
    }
  }

  private moveToEnd(caller: string, line: Line): void {
    this.lines.delete(caller);
    this.lines.set(caller, line);
  }

  private dropIdle(caller: string, line: Line): void {
    if (line.running === 0 && line.waiting.length === 0) this.lines.delete(caller);
  }
}

import { queryTooLong, serviceBusy } from './overload.js';

/** The response that a caller waits for: it closes when it is sent, or when the caller goes. */
interface Awaited {
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** On whose behalf something is done, until when, and whether anybody still waits for it. */
export class CallContext {
  private readonly beganAt = performance.now();
  /** How much of the time was spent waiting for a turn, and not at work. */
  private waitedMs = 0;
  private listeners: Set<() => void> | undefined;

  constructor(
    /** Who takes turns with others (`Caller.id`). */
    readonly caller: string,
    private readonly limitMs: number,
    private readonly awaited: Awaited,
    /** What this is a part of, as an item is of a batch: it ends no later. */
    private readonly whole?: CallContext,
  ) {}

  /**
   * A part of this, of one caller, with a share of the time that begins now and ends no later than
   * the whole's.
   */
  part(share: number, caller = this.caller): CallContext {
    return new CallContext(caller, this.limitMs * share, this.awaited, this);
  }

  /** The same with so many times the time. */
  times(factor: number): CallContext {
    return new CallContext(this.caller, this.limitMs * factor, this.awaited, this.whole);
  }

  get remainingMs(): number {
    const own = this.beganAt + this.limitMs - performance.now();
    return this.whole === undefined ? own : Math.min(own, this.whole.remainingMs);
  }

  /**
   * Throws where nobody waits any more, or the time is over: `BadRequest` where it went into the
   * work itself, else `ServiceUnavailable`.
   */
  check(): void {
    if (this.isGone) throw serviceBusy();
    if (this.remainingMs <= 0) throw this.toTimeout();
  }

  toTimeout(): Error {
    const isOwnFault = this.waitedMs < this.limitMs / 2 && (this.whole?.remainingMs ?? 1) > 0;
    return isOwnFault ? queryTooLong(this.limitMs) : serviceBusy();
  }

  noteWait(ms: number): void {
    this.waitedMs += ms;
  }

  get isGone(): boolean {
    return this.awaited.destroyed;
  }

  /** Calls back once, when nobody waits any more; returns what takes that back. */
  onGone(listener: () => void): () => void {
    if (this.whole !== undefined) return this.whole.onGone(listener);
    this.listeners ??= this.listen();
    const { listeners } = this;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** One listener to the response for all that wait for their turn: a batch has many. */
  private listen(): Set<() => void> {
    const listeners = new Set<() => void>();
    this.awaited.once('close', () => {
      for (const listener of listeners) listener();
    });
    return listeners;
  }
}

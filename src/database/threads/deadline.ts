import { STOPPED } from './reader-messages.js';

/** Ends a query: it took too long, or nobody waits for it any more. */
export class Ended extends Error {
  constructor(readonly end: 'late' | 'stopped') {
    super(end);
  }
}

/** How long a thread may be at what it is at. */
export class Deadline {
  private endsAt = Infinity;

  constructor(private readonly signal: Int32Array) {}

  begin(remainingMs: number): void {
    this.endsAt = performance.now() + remainingMs;
  }

  get remainingMs(): number {
    return this.endsAt - performance.now();
  }

  get isStopped(): boolean {
    return Atomics.load(this.signal, 0) === STOPPED;
  }

  /** Throws `Ended` where it shall go on no more. */
  readonly check = (): void => {
    if (this.isStopped) throw new Ended('stopped');
    if (performance.now() > this.endsAt) throw new Ended('late');
  };
}

import { serviceBusy } from './overload.js';

/**
 * How many writes may be under way at once, beside those of batches, which have turns of their own.
 * A database that keeps up has fewer; one that does not would have all that comes wait for it.
 */
const MAX_WRITES = 512;

/** Lets writes in, or refuses them before anything is done for them, their body read included. */
export class Admission {
  private writes = 0;

  /** Throws `ServiceUnavailable` where too many writes are under way. */
  check(): void {
    if (this.writes >= MAX_WRITES) throw serviceBusy();
  }

  /** A write is under way until this resolves. */
  async write<T>(work: () => T | Promise<T>): Promise<T> {
    this.writes += 1;
    try {
      return await work();
    } finally {
      this.writes -= 1;
    }
  }
}

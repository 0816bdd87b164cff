/**
 * Lets queries through, or holds them back for a moment: the write-ahead log can begin anew only
 * while nobody reads from it, and queries that follow one another without a gap would let it grow
 * without an end.
 */
export class ReadGate {
  private running = 0;
  private closed: Promise<void> | undefined;
  private onEmpty: (() => void) | undefined;

  /** Runs a query when the gate is open. */
  async pass<T>(query: () => Promise<T>): Promise<T> {
    while (this.closed !== undefined) await this.closed;
    this.running += 1;
    try {
      return await query();
    } finally {
      this.running -= 1;
      if (this.running === 0) this.onEmpty?.();
    }
  }

  /**
   * Runs an action while no query runs, and those that come meanwhile wait. Does nothing where that
   * is under way already.
   */
  async whileEmpty(action: () => Promise<void>): Promise<void> {
    this.closed ??= this.close(action);
    await this.closed;
  }

  private async close(action: () => Promise<void>): Promise<void> {
    try {
      if (this.running > 0) {
        await new Promise<void>((resolve) => {
          this.onEmpty = resolve;
        });
      }
      await action();
    } finally {
      this.onEmpty = undefined;
      this.closed = undefined;
    }
  }
}

/** How often the line is written: on a terminal, over the last one; else, a line of its own. */
const TERMINAL_INTERVAL_MS = 200;
const LINE_INTERVAL_MS = 5000;

/** What goes by between two looks at the clock. */
const ROWS_PER_LOOK = 256;

const OVER_THE_LAST = '\r\u001b[K';

/** Says how far a long work has come. No timer does: work that never waits would not let it. */
export class Progress {
  private readonly interval: number;
  private rows = 0;
  private written: { at: number; rows: number };

  /** `total` is what is expected; there may be more, or less, by then. */
  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    private readonly clock: Pick<typeof performance, 'now'> = performance,
  ) {
    this.interval = output.isTTY ? TERMINAL_INTERVAL_MS : LINE_INTERVAL_MS;
    this.written = { at: clock.now(), rows: 0 };
  }

  readonly add = (): void => {
    this.rows += 1;
    if (this.rows % ROWS_PER_LOOK !== 0) return;
    const now = this.clock.now();
    const elapsed = now - this.written.at;
    if (elapsed < this.interval) return;
    this.write(((this.rows - this.written.rows) / elapsed) * 1000);
    this.written = { at: now, rows: this.rows };
  };

  /** Leaves the line to whoever writes next. */
  end(): void {
    if (this.output.isTTY) this.output.write(OVER_THE_LAST);
  }

  private write(rowsPerSecond: number): void {
    const { output } = this;
    const line =
      `copy: ${this.what} ${toText(this.rows)} of ${toText(this.total, 'row')}, ` +
      `${toText(rowsPerSecond)} rows/s`;
    output.write(output.isTTY ? OVER_THE_LAST + line : `${line}\n`);
  }
}

/** So many of what the noun names; a rate, or a part of others, without it. */
export function toText(count: number, noun?: string): string {
  const number = Math.round(count).toLocaleString('en-US');
  return noun === undefined ? number : `${number} ${noun}${count === 1 ? '' : 's'}`;
}

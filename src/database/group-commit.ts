import { setTimeout } from 'node:timers/promises';

/** The most rows that one transaction takes; more wait for the next, so that none is held up for long. */
const MAX_ROWS_PER_COMMIT = 1000;

/** How long a group is tried again while another process is writing, and the pause between two tries. */
const BUSY_DEADLINE_MS = 5000;
const BUSY_PAUSE_MS = 20;

interface Waiting<Row, Outcome> {
  row: Row;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

export interface Committer<Row, Outcome> {
  /** Stores the rows in one transaction and says how each fared, or throws with nothing stored. */
  commit: (rows: readonly Row[]) => readonly Outcome[] | Promise<readonly Outcome[]>;
  /** Whether a failure means that another process is writing, and nothing worse. */
  isBusy: (error: unknown) => boolean;
}

/**
 * Rows that arrive in one turn of the event loop share one commit, and so one sync of the disk. A lone row is not held
 * back: it is committed at the end of the turn it came in. While the disk syncs, the next rows gather by themselves.
 */
export class GroupCommit<Row, Outcome> {
  private waiting: Waiting<Row, Outcome>[] = [];
  private isFlushing = false;

  constructor(private readonly committer: Committer<Row, Outcome>) {}

  /** Resolves when the row is committed and synced. */
  submit(row: Row): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, resolve, reject });
      if (this.isFlushing) return;
      this.isFlushing = true;
      this.schedule();
    });
  }

  private schedule(): void {
    setImmediate(() => {
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    const group = this.waiting.slice(0, MAX_ROWS_PER_COMMIT);
    this.waiting = this.waiting.slice(MAX_ROWS_PER_COMMIT);
    try {
      const outcomes = await this.commit(group.map(({ row }) => row));
      group.forEach(({ resolve }, i) => {
        resolve(outcomes[i]!);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    if (this.waiting.length > 0) this.schedule();
    else this.isFlushing = false;
  }

  /** The database itself waits but a moment for another process, because nothing else can be done meanwhile. */
  private async commit(rows: readonly Row[]): Promise<readonly Outcome[]> {
    const deadline = performance.now() + BUSY_DEADLINE_MS;
    for (;;) {
      try {
        return await this.committer.commit(rows);
      } catch (error) {
        if (!this.committer.isBusy(error) || performance.now() > deadline) throw error;
        await setTimeout(BUSY_PAUSE_MS);
      }
    }
  }
}

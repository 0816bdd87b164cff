/** The most rows that one group takes; more wait for the next, so that none is held up for long. */
const MAX_ROWS_PER_GROUP = 1000;

/**
 * So many rows are handed over before the turn is over, where another thread can begin with them. A
 * batch has fewer, and stays together.
 */
const EARLY_ROWS = 24;

/** How many groups may be on their way at once. */
const MAX_GROUPS = 64;

interface Waiting<Row, Outcome> {
  row: Row;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

export interface Committer<Row, Outcome> {
  /** Stores the rows in one transaction and says how each fared, or throws with nothing stored. */
  commit: (rows: readonly Row[]) => Promise<readonly Outcome[]>;
  /**
   * Whether a row can be handed over while others are still being committed: another thread does
   * it, and it needs nothing of theirs.
   */
  canFollow: (row: Row) => boolean;
}

/**
 * Rows that arrive in one turn of the event loop share one commit, and so one sync of the disk. A
 * lone row is not held back: it is committed at the end of the turn it came in. While the disk
 * syncs, the next rows gather by themselves.
 */
export class GroupCommit<Row, Outcome> {
  private waiting: Waiting<Row, Outcome>[] = [];
  private isScheduled = false;
  private groups = 0;

  constructor(private readonly committer: Committer<Row, Outcome>) {}

  /** Resolves when the row is committed and synced. */
  submit(row: Row): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, resolve, reject });
      if (this.waiting.length >= EARLY_ROWS && this.committer.canFollow(row)) this.flush();
      else this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    const count = this.countReady();
    if (count === 0) return;
    void this.commitGroup(this.waiting.splice(0, count));
  }

  /** How many of the rows that wait can be handed over now, in their order. */
  private countReady(): number {
    const most = Math.min(this.waiting.length, MAX_ROWS_PER_GROUP);
    if (this.groups === 0) return most;
    if (this.groups === MAX_GROUPS) return 0;
    const end = this.waiting.findIndex(({ row }) => !this.committer.canFollow(row));
    return end === -1 ? most : Math.min(end, most);
  }

  private async commitGroup(group: readonly Waiting<Row, Outcome>[]): Promise<void> {
    this.groups += 1;
    try {
      const outcomes = await this.committer.commit(group.map(({ row }) => row));
      group.forEach(({ resolve }, i) => {
        resolve(outcomes[i]!);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.groups -= 1;
    if (this.waiting.length > 0) this.schedule();
  }
}

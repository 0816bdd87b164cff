/** The most rows that one transaction takes; more wait for the next turn, so that none is held up for long. */
const MAX_ROWS_PER_COMMIT = 1000;

interface Waiting<Row, Outcome> {
  row: Row;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/**
 * Rows that arrive in one turn of the event loop share one commit, and so one sync of the disk. A lone row is not held
 * back: it is committed at the end of the turn it came in. While the disk syncs, the next rows gather by themselves.
 */
export class GroupCommit<Row, Outcome> {
  private waiting: Waiting<Row, Outcome>[] = [];

  /** `commit` stores the rows in one transaction and says how each fared, or throws with nothing stored. */
  constructor(private readonly commit: (rows: readonly Row[]) => readonly Outcome[]) {}

  /** Resolves when the row is committed and synced. */
  submit(row: Row): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, resolve, reject });
      if (this.waiting.length === 1) setImmediate(this.flush);
    });
  }

  private readonly flush = (): void => {
    const group = this.waiting.slice(0, MAX_ROWS_PER_COMMIT);
    this.waiting = this.waiting.slice(MAX_ROWS_PER_COMMIT);
    if (this.waiting.length > 0) setImmediate(this.flush);
    try {
      const outcomes = this.commit(group.map(({ row }) => row));
      group.forEach(({ resolve }, i) => {
        resolve(outcomes[i]!);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
}

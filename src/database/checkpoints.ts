import { DatabaseThread } from './database-thread.js';

/** About how many pages a commit brings to the write-ahead log: some that every row changes, and some of each row's own. */
const PAGES_OF_COMMIT = 7;
const PAGES_OF_UNIT = 3;

/** After so many, a hundred megabytes, the log is copied to the database file. Fewer copies are less work: pages that changed twice are copied once. */
const PAGES_PER_CHECKPOINT = 24_000;

const CHECKPOINT = 'checkpoint';

/**
 * Copies the write-ahead log to the database file in a thread of its own, while others go on writing. SQLite would do it within the commit that
 * finds the log too long, and everybody would wait for that. What is written meanwhile is left, and the log can begin
 * anew only when nothing is: `finish` is called when little is left, and told how many pages the log has.
 */
export class Checkpoints {
  private pages = 0;
  private isRunning = false;
  private thread: DatabaseThread<string, number> | undefined;

  constructor(
    private readonly file: string,
    private readonly finish: (pages: number) => void,
  ) {}

  /** Takes note of units that are about to be committed together. */
  count(units: number): void {
    this.pages += PAGES_OF_COMMIT + units * PAGES_OF_UNIT;
    if (this.pages < PAGES_PER_CHECKPOINT || this.isRunning) return;
    this.pages = 0;
    this.isRunning = true;
    this.thread ??= this.start();
    this.thread.post(CHECKPOINT);
  }

  async close(): Promise<void> {
    await this.thread?.close();
  }

  private start(): DatabaseThread<string, number> {
    return new DatabaseThread<string, number>(
      'checkpoint-thread',
      { file: this.file },
      {
        message: (pages) => {
          this.isRunning = false;
          this.finish(pages);
        },
        end: () => {
          this.thread = undefined;
          this.isRunning = false;
        },
      },
    );
  }
}

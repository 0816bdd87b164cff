import { DatabaseThread } from './database-thread.js';

/** About how many pages a commit brings to the write-ahead log: some that every row changes, and some of each row's own. */
const PAGES_OF_COMMIT = 7;
const PAGES_OF_UNIT = 3;

/** After so many, a hundred megabytes, the log is copied to the database file. Fewer copies are less work: pages that changed twice are copied once. */
const PAGES_PER_CHECKPOINT = 24_000;

const CHECKPOINT = 'checkpoint';

/** The log when a copy has ended: how many pages it has, and how many of them could not be copied, because somebody reads what was there before. */
export interface Copied {
  log: number;
  left: number;
}

/**
 * Copies the write-ahead log to the database file in a thread of its own, while others go on writing. SQLite would do it within the commit that
 * finds the log too long, and everybody would wait for that. What is written meanwhile is left, and the log can begin
 * anew only when nothing is: that is for `finish` to bring about.
 */
export class Checkpoints {
  private pages = 0;
  private isRunning = false;
  private thread: DatabaseThread<string, Copied> | undefined;
  private onCopied: ((copied: Copied | undefined) => void) | undefined;

  constructor(
    private readonly file: string,
    private readonly finish: (copied: Copied) => Promise<void>,
  ) {}

  /** Takes note of units that are about to be committed together. */
  count(units: number): void {
    this.pages += PAGES_OF_COMMIT + units * PAGES_OF_UNIT;
    if (this.pages < PAGES_PER_CHECKPOINT || this.isRunning) return;
    this.pages = 0;
    this.isRunning = true;
    void this.run();
  }

  /** Resolves when what can be copied is; with nothing where the thread has ended. */
  copy(): Promise<Copied | undefined> {
    this.thread ??= this.start();
    const { thread } = this;
    return new Promise((resolve) => {
      this.onCopied = resolve;
      thread.post(CHECKPOINT);
    });
  }

  async close(): Promise<void> {
    await this.thread?.close();
  }

  private async run(): Promise<void> {
    const copied = await this.copy();
    if (copied !== undefined) await this.finish(copied);
    this.isRunning = false;
  }

  private start(): DatabaseThread<string, Copied> {
    return new DatabaseThread<string, Copied>(
      'checkpoint-thread',
      { file: this.file },
      {
        message: (copied) => this.onCopied?.(copied),
        end: () => {
          this.thread = undefined;
          this.onCopied?.(undefined);
        },
      },
    );
  }
}

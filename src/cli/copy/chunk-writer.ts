import type { TargetDataSet } from '../../database/data-set.js';
import type { Mutation } from '../../database/mutation.js';

/** How many rows are committed together. */
const CHUNK_ROWS = 2000;

/** Commits mutations in chunks: while one is written, the next is gathered. */
export class ChunkWriter {
  private chunk: Mutation[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly target: TargetDataSet) {}

  /** Waits where two chunks are full. Throws what the last one failed with. */
  async add(mutation: Mutation): Promise<void> {
    this.chunk.push(mutation);
    if (this.chunk.length >= CHUNK_ROWS) await this.flush();
  }

  /** Resolves when all are committed. */
  async end(): Promise<void> {
    await this.flush();
    await this.writing;
  }

  private async flush(): Promise<void> {
    await this.writing;
    if (this.chunk.length === 0) return;
    this.writing = this.write(this.chunk);
    this.writing.catch(() => undefined);
    this.chunk = [];
  }

  private async write(chunk: readonly Mutation[]): Promise<void> {
    const outcomes = await this.target.write(chunk);
    if (outcomes.every((outcome) => outcome === 'written')) return;
    throw new Error(
      `${this.target.place} is written to by another program: stop that, and run this again`,
    );
  }
}

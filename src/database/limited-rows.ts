import type { Found, RowLimit } from './query.js';

/**
 * Shorter texts are about as long in JSON as they are; escapes can make a text six times as long.
 */
const SHORT_TEXT_LENGTH = 64;

/** The rows that are found behind the first ones, up to the limit. */
export class LimitedRows implements Found<readonly unknown[]> {
  readonly rows: (readonly unknown[])[] = [];
  hasMore = false;
  private characters = 0;

  constructor(
    readonly limit: RowLimit,
    private skip = 0,
  ) {}

  /** Returns `false` where the limit lets the row through no more. */
  add(values: readonly unknown[]): boolean {
    const { rows, limit } = this;
    if (this.skip > 0) {
      this.skip -= 1;
      return true;
    }
    this.characters += lengthOf(values, limit);
    const isFull = rows.length === limit.rows || this.characters > limit.characters;
    this.hasMore = isFull && rows.length > 0;
    if (!this.hasMore) rows.push(values);
    return !this.hasMore;
  }
}

/** About how long a row is in JSON. */
function lengthOf(values: readonly unknown[], { charactersOfRow }: RowLimit): number {
  let length = charactersOfRow;
  for (const value of values) {
    if (typeof value !== 'string') continue;
    length += value.length > SHORT_TEXT_LENGTH ? JSON.stringify(value).length : value.length;
  }
  return length;
}

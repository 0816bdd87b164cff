/** Threads cost memory, and compete with what serves for the processors. */
const MAX_JUDGES = 4;

/** How many lists are read at once. */
export interface ReaderCounts {
  /** Those that look at no more rows than they return. */
  quick: number;
  heavy: number;
  /** By threads, each of which opens a connection of its own. */
  judges: number;
}

/** Of the connections that are left for lists. */
export function toReaderCounts(size: number): ReaderCounts {
  const quick = Math.max(1, Math.floor(size / 2));
  const judges = Math.min(MAX_JUDGES, Math.max(1, Math.floor(size / 4)));
  return { quick, judges, heavy: Math.max(1, size - quick - judges) };
}

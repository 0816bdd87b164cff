import type { ServerResponse } from 'node:http';

import type { Connection } from './connection.js';

export interface ReaderLimits {
  bytesPerSecond: number;
  windowMs: number;
}

/**
 * What a reader takes at least, while there is something to take; less, over a whole window, and
 * the connection ends. The kernel says that there is room again when a third of its buffer is free,
 * which may be a megabyte: so the window is long, and a slice in it is enough.
 */
const READER: ReaderLimits = { bytesPerSecond: 2048, windowMs: 30_000 };

/** How often in a window readers are looked at. */
const LOOKS = 10;

interface Mark {
  answer: ServerResponse | undefined;
  sentBytes: number;
  atMs: number;
}

/** Finds those who let an answer lie: it is kept in memory until they have taken it. */
export class Readers {
  private readonly marks = new WeakMap<Connection, Mark>();

  constructor(private readonly limits: ReaderLimits = READER) {}

  get intervalMs(): number {
    return this.limits.windowMs / LOOKS;
  }

  isTooSlow(connection: Connection, nowMs: number): boolean {
    const { answer, socket, isEnding } = connection;
    // Nothing is being sent: it is still being made, or nothing was asked for.
    if (!isEnding && answer?.headersSent !== true) {
      this.marks.delete(connection);
      return false;
    }
    const { bytesPerSecond, windowMs } = this.limits;
    const sentBytes = socket.bytesWritten - socket.writableLength;
    const mark = this.marks.get(connection);
    const isLooked = mark !== undefined && mark.answer === answer;
    if (isLooked && nowMs - mark.atMs < windowMs) return false;
    this.marks.set(connection, { answer, sentBytes, atMs: nowMs });
    return isLooked && sentBytes - mark.sentBytes < (bytesPerSecond * windowMs) / 1000;
  }
}

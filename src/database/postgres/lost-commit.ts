import type pg from 'pg';

import { isLost } from './driver-errors.js';

/** An attempt to commit of which nobody knows what became of it. */
export interface LostCommit {
  client: pg.ClientBase;
  /** When it was sent, by `performance`. */
  since: number;
  error: unknown;
}

/** How long the server is given to end it. */
const ENDING_MS = 500;

/**
 * Whose number it is now and was before the attempt, is who was to do it. On another server there
 * is none; it is gone, or its commits are not seen there.
 */
const END = `
  SELECT pg_terminate_backend(pid, ${String(ENDING_MS)}) FROM pg_stat_activity
  WHERE pid = $1 AND pid <> pg_backend_pid() AND usename = current_user
    AND backend_start < clock_timestamp() - $2 * interval '1 ms'`;

/**
 * Ends what a lost connection has left on the server: what was sent on it, and is still on its way,
 * must not be done after all when the caller has been told something else and others have acted
 * upon it.
 */
export async function endBackend(
  client: pg.ClientBase,
  { client: lost, since }: LostCommit,
): Promise<void> {
  const { processID } = lost as { processID?: number };
  try {
    await client.query(END, [processID, performance.now() - since]);
  } catch (error) {
    // Of the engines that speak PostgreSQL's protocol, not all have this.
    if (isLost(error)) throw error;
  }
}

/**
 * Locks of the server's on numbers, which end with the connection that holds them. Of the engines
 * that speak PostgreSQL's protocol some have none, and one says yes to whoever asks.
 */
import type pg from 'pg';

import { isLost } from './driver-errors.js';

/** "DCUS": the locks of other applications in the same database are of other classes. */
const LOCK_CLASS = 0x44435553;

/** Whoever changes the schema, or erases it, holds this one. */
const SCHEMA_LOCK = -1;

/**
 * The numbers of connections that write. Each counts in rows of its own; what a collection has of
 * each status is the sum over so many at most.
 */
const BUCKETS = 64;

/** `undefined` where the engine has no such locks. */
export async function tryLockSchema(client: pg.ClientBase): Promise<boolean | undefined> {
  const isTaken = await tryLock(client, SCHEMA_LOCK, SCHEMA_LOCK);
  if (isTaken === undefined) return undefined;
  if (isTaken !== null && !(await isHeld(client))) return undefined;
  return isTaken !== null;
}

/** A number that no other connection has which writes, or any where there are no locks. */
export async function takeBucket(client: pg.ClientBase): Promise<number> {
  const bucket = await tryLock(client, 0, BUCKETS - 1);
  return bucket ?? Math.floor(Math.random() * BUCKETS);
}

/** How many connections of others write to this database. */
export async function countWriters(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS "count" FROM pg_locks
     WHERE locktype = 'advisory' AND classid::bigint = $1 AND objsubid = 2
       AND objid::bigint < $2 AND pid <> pg_backend_pid()
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [LOCK_CLASS, BUCKETS],
  );
  return rows[0]!.count;
}

/**
 * Takes the first number from `first` to `last` that is free; `null` where none is, `undefined`
 * where there are no such locks.
 */
async function tryLock(
  client: pg.ClientBase,
  first: number,
  last: number,
): Promise<number | null | undefined> {
  try {
    const { rows } = await client.query<{ number: number }>(
      `SELECT n AS "number" FROM generate_series($2::int, $3::int) AS n
       WHERE pg_try_advisory_lock($1::int, n) LIMIT 1`,
      [LOCK_CLASS, first, last],
    );
    return rows[0]?.number ?? null;
  } catch (error) {
    if (isLost(error)) throw error;
    return undefined;
  }
}

async function isHeld(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM pg_locks
     WHERE locktype = 'advisory' AND classid::bigint = $1 AND pid = pg_backend_pid()`,
    [LOCK_CLASS],
  );
  return rows.length > 0;
}

/** One process at a time changes the schema, or erases it. */
import { setTimeout } from 'node:timers/promises';

import type pg from 'pg';

import { tryLockSchema } from './advisory-locks.js';
import { codeOf } from './driver-errors.js';

export const LOCK_TABLE = 'schema_migration_lock';

const RETRY_MS = 100;

/**
 * Of two that make one table: the second to do so, or to name it in the catalogue; of two that lock
 * one row: the second, too, or the one that saw it before.
 */
const MET_ANOTHER = /^(?:42P07|42710|23505|55P03|40001|40P01)$/;

/**
 * Runs when nobody else does. The lock ends with the connection, so that one that is lost holds up
 * nobody.
 */
export async function withSchemaLock<T>(
  client: pg.ClientBase,
  stop: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  for (;;) {
    stop.throwIfAborted();
    const isLocked = await tryLockSchema(client);
    if (isLocked === undefined) return withLockRow(client, stop, run);
    if (isLocked) return run();
    await setTimeout(RETRY_MS, undefined, { signal: stop });
  }
}

/** Where the engine has no locks on numbers: a row, locked by a transaction. */
async function withLockRow<T>(
  client: pg.ClientBase,
  stop: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  while (!(await tryLockRow(client))) await setTimeout(RETRY_MS, undefined, { signal: stop });
  try {
    return await run();
  } finally {
    await client.query('ROLLBACK');
  }
}

async function tryLockRow(client: pg.ClientBase): Promise<boolean> {
  try {
    await client.query(`CREATE TABLE IF NOT EXISTS "${LOCK_TABLE}" ("id" integer PRIMARY KEY)`);
    await client.query(`INSERT INTO "${LOCK_TABLE}" VALUES (1) ON CONFLICT DO NOTHING`);
    await client.query('BEGIN');
    // It is idle for as long as the work takes.
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await client.query(`SELECT 1 FROM "${LOCK_TABLE}" FOR UPDATE NOWAIT`);
    return true;
  } catch (error) {
    if (!MET_ANOTHER.test(codeOf(error))) throw error;
    await client.query('ROLLBACK');
    return false;
  }
}

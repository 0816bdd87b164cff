import { existsSync, rmSync } from 'node:fs';

import { requireOwnFile } from './connection.js';
import type { SqliteDriver } from './sqlite-driver.js';

/**
 * Deletes the database file, and what lies beside it. Throws, with nothing deleted, where another
 * process has it open, or it is not ours. Returns `false` where there is none.
 */
export function eraseFile(Driver: SqliteDriver, file: string): boolean {
  if (!existsSync(file)) return false;
  requireUnused(Driver, file);
  for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true });
  return true;
}

function requireUnused(Driver: SqliteDriver, file: string): void {
  const database = new Driver(file, { fileMustExist: true, timeout: 0 });
  try {
    requireOwnFile(database);
    // Only the one connection that there is can leave the write-ahead log.
    database.pragma('journal_mode = DELETE');
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    if (code?.startsWith('SQLITE_BUSY') !== true) throw cause;
    throw new Error(`a service has it open (${message}): stop that first`, { cause });
  } finally {
    database.close();
  }
}

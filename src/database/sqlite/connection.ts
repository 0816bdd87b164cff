/** The SQLite file: how it is opened, and what is checked before anything is written to it. */
import { statSync, type Stats } from 'node:fs';

import type { Database } from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import type { SqliteDriver } from './sqlite-driver.js';

/**
 * How long a statement waits for another process to finish its transaction. The wait stops the
 * whole process, so it is short.
 */
export const BUSY_TIMEOUT_MS = 50;

/** Marks a file as ours ("DCUS"), so that the file of another application is never written to. */
const APPLICATION_ID = 0x44435553;

/** When the write-ahead log begins anew, its file is cut back to this size. */
export const WAL_SIZE_LIMIT_BYTES = 67_108_864;

/** A commit that finds so many pages in the write-ahead log copies them to the database file. */
const CHECKPOINT_PAGES = 8000;

/** Pages that a connection keeps in memory, in KiB. The system's own cache has them, too. */
const CACHE_KIB = 4000;

/** Where many rows are written at random places of the indexes, and nothing else is done. */
const COPYING_CACHE_KIB = 64_000;

/** Where TypeORM notes which migrations were run. */
export const MIGRATION_TABLE = 'schema_migration';

/**
 * Runs on each new connection, before TypeORM uses it. Throws, with nothing written, for a file
 * that cannot serve: it is another application's, or was changed by a release with more migrations.
 */
export function prepareConnection(database: Database, migrations: readonly string[]): void {
  requireOwnFile(database);
  requireKnownSchema(database, migrations);
  // A real write, also where the mark is there already. On a file that cannot be written it fails
  // here and not at the first create; BEGIN IMMEDIATE would not, because SQLite quietly begins a
  // read transaction then.
  database.pragma(`application_id = ${String(APPLICATION_ID)}`);

  const journal = database.pragma('journal_mode = WAL', { simple: true });
  if (journal !== 'wal') throw new Error('its file system does not support write-ahead logging');
  configureConnection(database);
}

/** As above, for a connection that nobody else shall have beside it until it is closed. */
export function prepareAlone(database: Database, migrations: readonly string[]): void {
  // Before the file is first read: then it fails, busy, where another connection is open.
  database.pragma('locking_mode = EXCLUSIVE');
  prepareConnection(database, migrations);
  database.pragma(`cache_size = -${String(COPYING_CACHE_KIB)}`);
}

/** As above, for a connection that only reads. */
export function prepareForReading(database: Database): void {
  requireOwnFile(database);
  configureReading(database);
}

/** Throws for a file that is no database, is broken, or is another application's. */
export function requireOwnFile(database: Database): void {
  // Reads the whole schema: what is wrong with it is found before it is written to.
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  const owner = database.pragma('application_id', { simple: true });
  if (owner !== APPLICATION_ID && (owner !== 0 || tables !== 0)) {
    throw new Error('it belongs to another application');
  }
}

function requireKnownSchema(database: Database, migrations: readonly string[]): void {
  const isNew = database
    .prepare('SELECT count(*) = 0 FROM sqlite_schema WHERE name = ?')
    .pluck()
    .get(MIGRATION_TABLE);
  if (isNew === 1) return;
  const done = database.prepare(`SELECT name FROM "${MIGRATION_TABLE}"`).pluck().all() as string[];
  const unknown = done.filter((name) => !migrations.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `a newer release of this program has changed it (${unknown.join(', ')}): start that one`,
  );
}

/** What is set for a connection and not for the file. */
export function configureConnection(database: Database): void {
  // better-sqlite3 is compiled to lower this to NORMAL in WAL mode, where a commit does not wait
  // for the disk.
  database.pragma('synchronous = FULL');
  // On macOS fsync leaves data in the drive's cache; these two ask for more. Elsewhere they do
  // nothing.
  database.pragma('fullfsync = ON');
  database.pragma('checkpoint_fullfsync = ON');
  database.pragma('foreign_keys = ON');
  database.pragma('trusted_schema = OFF');
  database.pragma(`journal_size_limit = ${String(WAL_SIZE_LIMIT_BYTES)}`);
  database.pragma(`cache_size = -${String(CACHE_KIB)}`);
  database.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`);
  openedFiles.set(database, statSync(database.name));
}

/**
 * A connection of a thread that only reads. It waits for nobody who writes; to recover the log of a
 * process that was killed is all it may wait for.
 */
export function openForReading(Driver: SqliteDriver, file: string): Database {
  const database = new Driver(file, { readonly: true, fileMustExist: true });
  configureReading(database);
  return database;
}

function configureReading(database: Database): void {
  database.pragma('trusted_schema = OFF');
  database.pragma(`cache_size = -${String(CACHE_KIB)}`);
  database.pragma(`busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
}

/**
 * Copies the write-ahead log to the file and begins it anew, where nobody reads from it; waits for
 * those who do. Nothing is lost where it fails: the next checkpoint meets what is wrong.
 */
export function copyLog(database: Database): void {
  try {
    database.pragma('wal_checkpoint(RESTART)');
  } catch {
    // A commit of this thread will say so.
  }
}

const openedFiles = new WeakMap<Database, Stats>();

/**
 * Throws where the file was removed or replaced since it was opened. SQLite would go on writing to
 * the file that has no name any more, and all that it acknowledged would be gone with the process.
 */
export function requireFileInPlace(database: Database): void {
  const opened = openedFiles.get(database);
  const present = statSync(database.name, { throwIfNoEntry: false });
  if (present?.ino === opened?.ino && present?.dev === opened?.dev) return;
  throw Object.assign(
    new Error(`the database file '${database.name}' was removed or replaced: restart the service`),
    { code: 'SQLITE_READONLY_DBMOVED' },
  );
}

/** The connection behind a data source, for the statements that have to run in one go. */
export function connectionOf(dataSource: DataSource): Database {
  return (dataSource.driver as BetterSqlite3Driver).databaseConnection as Database;
}

import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { Database } from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';

import type { Config } from '../../config/config.js';
import { makeFolder } from '../../config/make-folder.js';
import type { Engine } from '../engine.js';
import { BUSY_TIMEOUT_MS, prepareConnection } from './connection.js';
import { isBusy } from './driver-errors.js';
import { eraseFile } from './erase.js';
import { CreateUserStatus1790000000000 } from './migrations/1790000000000-create-user-status.js';
import { SqliteDatabase } from './sqlite-database.js';
import { loadSqliteDriver } from './sqlite-driver.js';

type SqliteOptions = Extract<DataSourceOptions, { type: 'better-sqlite3' }>;

/** How long opening and migrating wait for another process to finish its transaction. */
const OPENING_PATIENCE_MS = 5000;
const RETRY_MS = 100;

export const sqlite: Engine = {
  toDataSourceOptions,
  open,
  placeOf,
  erase,
  createDatabase: (dataSource) => new SqliteDatabase(dataSource),
};

async function toDataSourceOptions({ database }: Config): Promise<DataSourceOptions> {
  return {
    type: 'better-sqlite3',
    driver: await loadSqliteDriver(),
    database: database.file,
    timeout: OPENING_PATIENCE_MS,
    prepareDatabase: prepareConnection,
    migrations: [CreateUserStatus1790000000000],
    migrationsTableName: 'schema_migration',
    synchronize: false,
    logging: false,
  };
}

function placeOf({ database }: Config): string {
  return `the database '${database.file}'`;
}

async function erase(config: Config): Promise<boolean> {
  try {
    return eraseFile(await loadSqliteDriver(), config.database.file);
  } catch (cause) {
    throw new Error(`${placeOf(config)} cannot be deleted: ${(cause as Error).message}`, { cause });
  }
}

async function open(options: DataSourceOptions, stop: AbortSignal): Promise<DataSource> {
  const dataSource = new DataSource({
    ...(options as SqliteOptions),
    timeout: BUSY_TIMEOUT_MS,
    async prepareDatabase(database: Database) {
      try {
        await patiently(prepareConnection.bind(undefined, database), isBusy, stop);
      } catch (error) {
        // TypeORM leaves it open.
        database.close();
        throw error;
      }
    },
  });
  try {
    makeFolderOf(String(options.database));
    await dataSource.initialize();
    // Two processes that start on one new file both find it empty; the one that comes second fails,
    // as a whole, and finds the work done when it looks again.
    await patiently(
      () => dataSource.runMigrations({ transaction: 'each' }),
      () => true,
      stop,
    );
    return dataSource;
  } catch (cause) {
    if (dataSource.isInitialized) await dataSource.destroy();
    stop.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the database '${String(options.database)}' cannot be used: ${reason}`, {
      cause,
    });
  }
}

/** TypeORM would make it, too, but in a way that may take for ever. */
function makeFolderOf(file: string): void {
  try {
    makeFolder(dirname(file));
  } catch (cause) {
    throw new Error(
      `its folder cannot be made (${(cause as Error).message}): set DATA_DIR or DATABASE_URL to ` +
        'one that can be written',
      { cause },
    );
  }
}

/** Waits between attempts, and not within SQLite: whoever tells the start to stop is heard. */
async function patiently(
  act: () => unknown,
  isWorthARetry: (error: unknown) => boolean,
  stop: AbortSignal,
): Promise<void> {
  const endsAt = performance.now() + OPENING_PATIENCE_MS;
  for (;;) {
    stop.throwIfAborted();
    try {
      await act();
      return;
    } catch (error) {
      if (!isWorthARetry(error) || performance.now() > endsAt) throw error;
    }
    await setTimeout(RETRY_MS, undefined, { signal: stop });
  }
}

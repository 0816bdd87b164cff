import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { DataSource, type DataSourceOptions } from 'typeorm';

import type { Config } from '../../config/config.js';
import { makeFolder } from '../../config/make-folder.js';
import type { Engine } from '../engine.js';
import {
  beginService,
  connectionOf,
  OPENING_BUSY_TIMEOUT_MS,
  prepareConnection,
} from './connection.js';
import { eraseFile } from './erase.js';
import { CreateUserStatus1790000000000 } from './migrations/1790000000000-create-user-status.js';
import { SqliteDatabase } from './sqlite-database.js';
import { loadSqliteDriver } from './sqlite-driver.js';

const MIGRATION_ATTEMPTS = 5;
const MIGRATION_PAUSE_MS = 200;

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
    timeout: OPENING_BUSY_TIMEOUT_MS,
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

async function open(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource(options);
  try {
    makeFolderOf(String(options.database));
    await dataSource.initialize();
    await migrate(dataSource);
    beginService(connectionOf(dataSource));
    return dataSource;
  } catch (cause) {
    if (dataSource.isInitialized) await dataSource.destroy();
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

/**
 * Two processes that start on one new file both find it empty; the one that comes second fails, as
 * a whole, and finds the work done when it looks again.
 */
async function migrate(dataSource: DataSource): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return;
    } catch (error) {
      if (attempt === MIGRATION_ATTEMPTS) throw error;
      await setTimeout(MIGRATION_PAUSE_MS * attempt);
    }
  }
}

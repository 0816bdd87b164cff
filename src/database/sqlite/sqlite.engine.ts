import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { Database } from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';

import type { Config } from '../../config/config.js';
import { makeFolder } from '../../config/make-folder.js';
import { requireCurrentSchema } from '../current-schema.js';
import { entitiesOf, type DataSet, type TargetDataSet } from '../data-set.js';
import type { Engine } from '../engine.js';
import type { StoredRow, TableDefinition } from '../table.js';
import {
  BUSY_TIMEOUT_MS,
  MIGRATION_TABLE,
  prepareAlone,
  prepareConnection,
  prepareForReading,
} from './connection.js';
import { isBusy } from './driver-errors.js';
import { eraseFile } from './erase.js';
import { CreateUserStatus1790000000000 } from './migrations/1790000000000-create-user-status.js';
import { SqliteDatabase } from './sqlite-database.js';
import { SqliteDataSet } from './sqlite-data-set.js';
import { loadSqliteDriver } from './sqlite-driver.js';

type SqliteOptions = Extract<DataSourceOptions, { type: 'better-sqlite3' }>;

/** How long opening and migrating wait for another process to finish its transaction. */
const OPENING_PATIENCE_MS = 5000;
const RETRY_MS = 100;

const MIGRATIONS = [CreateUserStatus1790000000000];
const MIGRATION_NAMES = MIGRATIONS.map((Migration) => new Migration().name);

const READ_ONLY = { readonly: true, fileMustExist: true, prepareDatabase: prepareForReading };

export const sqlite: Engine = {
  toDataSourceOptions,
  open,
  placeOf,
  erase,
  createDatabase: (dataSource) => new SqliteDatabase(dataSource),
  openSource,
  openTarget,
};

function fileOf({ database }: Config): string {
  if (database.engine !== 'sqlite') throw new Error('another engine was meant');
  return database.file;
}

async function toDataSourceOptions(config: Config): Promise<DataSourceOptions> {
  return {
    type: 'better-sqlite3',
    driver: await loadSqliteDriver(),
    database: fileOf(config),
    timeout: OPENING_PATIENCE_MS,
    prepareDatabase: (database: Database) => {
      prepareConnection(database, MIGRATION_NAMES);
    },
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATION_TABLE,
    synchronize: false,
    logging: false,
  };
}

function placeOf(config: Config): string {
  return `the database '${fileOf(config)}'`;
}

async function erase(config: Config): Promise<boolean> {
  try {
    return eraseFile(await loadSqliteDriver(), fileOf(config));
  } catch (cause) {
    throw new Error(`${placeOf(config)} cannot be deleted: ${(cause as Error).message}`, { cause });
  }
}

async function openSource(
  config: Config,
  definitions: readonly TableDefinition<StoredRow>[],
): Promise<DataSet> {
  const options = await toDataSourceOptions(config);
  const dataSource = new DataSource({
    ...(options as SqliteOptions),
    ...READ_ONLY,
    entities: entitiesOf(definitions),
  });
  const place = placeOf(config);
  try {
    // TypeORM would make its folder.
    if (!existsSync(fileOf(config))) throw new Error('it does not exist');
    await dataSource.initialize();
    await requireCurrentSchema(dataSource);
    return new SqliteDataSet(dataSource, definitions, place);
  } catch (cause) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw new Error(`${place} cannot be copied: ${(cause as Error).message}`, { cause });
  }
}

async function openTarget(
  config: Config,
  definitions: readonly TableDefinition<StoredRow>[],
): Promise<TargetDataSet> {
  const options = { ...(await toDataSourceOptions(config)), entities: entitiesOf(definitions) };
  const { signal } = new AbortController();
  const place = placeOf(config);
  let dataSource: DataSource | undefined;
  try {
    dataSource = await open(options, config, signal, prepareAlone);
    await requireCurrentSchema(dataSource);
    return new SqliteDataSet(dataSource, definitions, place);
  } catch (error) {
    await dataSource?.destroy();
    const { cause = error } = error as Error;
    const reason = isBusy(cause)
      ? 'a service has it open: stop that first'
      : (cause as Error).message;
    throw new Error(`${place} cannot be copied to: ${reason}`, { cause: error });
  }
}

async function open(
  options: DataSourceOptions,
  _config: Config,
  stop: AbortSignal,
  prepare = prepareConnection,
): Promise<DataSource> {
  const dataSource = new DataSource({
    ...(options as SqliteOptions),
    timeout: BUSY_TIMEOUT_MS,
    async prepareDatabase(database: Database) {
      try {
        await patiently(prepare.bind(undefined, database, MIGRATION_NAMES), isBusy, stop);
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

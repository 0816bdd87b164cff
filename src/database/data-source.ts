/** The only place that asks which database there is. */
import { setTimeout } from 'node:timers/promises';

import { DataSource, type DataSourceOptions } from 'typeorm';

import type { Config } from '../config/config.js';
import type { SqlDialect } from '../odata/sql-dialect.js';
import { CreateUserStatus1790000000000 } from './sqlite/migrations/1790000000000-create-user-status.js';
import {
  beginService,
  connectionOf,
  OPENING_BUSY_TIMEOUT_MS,
  prepareConnection,
  requireFileInPlace,
} from './sqlite/connection.js';
import { sqliteDialect } from './sqlite/sqlite-dialect.js';
import { loadSqliteDriver } from './sqlite/sqlite-driver.js';

const MIGRATION_ATTEMPTS = 5;
const MIGRATION_PAUSE_MS = 200;

export async function toDataSourceOptions({ database }: Config): Promise<DataSourceOptions> {
  return {
    type: 'better-sqlite3',
    driver: await loadSqliteDriver(),
    database: database.path,
    timeout: OPENING_BUSY_TIMEOUT_MS,
    prepareDatabase: prepareConnection,
    migrations: [CreateUserStatus1790000000000],
    migrationsTableName: 'schema_migration',
    synchronize: false,
    logging: false,
  };
}

/** Opens the database and brings its schema up to date. Throws one sentence that names the file. */
export async function openDatabase(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource(options);
  try {
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

/** The SQL that the database speaks. */
export const sqlDialect: SqlDialect = sqliteDialect;

/** The key that seals page tokens: as old as the database, and the same for all who serve it. */
export async function readPageTokenKey(dataSource: DataSource): Promise<Buffer> {
  const rows = await dataSource.query<{ value: string }[]>(
    `SELECT "value" FROM "secret" WHERE "name" = 'page_token_key'`,
  );
  return Buffer.from(rows[0]!.value, 'base64');
}

/** Throws where the database does not answer, or its file is not in its place. */
export async function checkDatabase(dataSource: DataSource): Promise<void> {
  requireFileInPlace(connectionOf(dataSource));
  await dataSource.query('SELECT 1 FROM user_status LIMIT 1');
}

/**
 * Two processes that start on one new file both find it empty; the one that comes second fails, as a whole, and
 * finds the work done when it looks again.
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

import { setTimeout } from 'node:timers/promises';

import { Logger } from '@nestjs/common';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';

import type { Config } from '../../config/config.js';
import {
  toHostAndPort,
  type PostgresServer,
  type PostgresSettings,
} from '../../config/postgres-url.js';
import { requireCurrentSchema } from '../current-schema.js';
import { entitiesOf, type DataSet, type TargetDataSet } from '../data-set.js';
import type { Engine } from '../engine.js';
import type { StoredRow, TableDefinition } from '../table.js';
import { Connections, type ConnectionLimits } from './connections.js';
import { isLost } from './driver-errors.js';
import { eraseSchema } from './erase.js';
import { CreateUserStatus1790000000000 } from './migrations/1790000000000-create-user-status.js';
import { cut, openClient, toClientConfig } from './open-connection.js';
import { explain } from './opening-faults.js';
import { MIGRATION_TABLE, requireOwnSchema } from './own-schema.js';
import { PostgresDataSet } from './postgres-data-set.js';
import { PostgresDatabase } from './postgres-database.js';
import { readIndexes } from './postgres-indexes.js';
import { withSchemaLock } from './schema-lock.js';
import { checkServer } from './server-checks.js';
import { ServerChoice } from './server-choice.js';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How long a start waits for a server that is not there yet. */
const OPENING_PATIENCE_MS = 30_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2000;

/** For what a start asks, which nobody waits for. Migrations take as long as they take. */
const OPENING_STATEMENT_MS = 10_000;

/** A page is read along an index; a slow disk may take its time. */
const COPYING: ConnectionLimits = { size: 8, queryMs: 60_000 };

const MIGRATIONS = [CreateUserStatus1790000000000];
const MIGRATION_NAMES = MIGRATIONS.map((Migration) => new Migration().name);

export const postgres: Engine = {
  async toDataSourceOptions(config) {
    const settings = settingsOf(config);
    return saying('used', settings, () => toDataSourceOptions(settings, settings.servers[0]!));
  },
  open: (options, config, stop) => open(options as PostgresOptions, settingsOf(config), stop),
  placeOf: (config) => placeOf(settingsOf(config)),
  erase: (config) => erase(settingsOf(config)),
  createDatabase: (dataSource, config) => createDatabase(dataSource, config),
  openSource: (config, tables) => openSource(settingsOf(config), tables),
  openTarget: (config, tables) => openTarget(settingsOf(config), tables),
};

function settingsOf({ database }: Config): PostgresSettings {
  if (database.engine !== 'postgres') throw new Error('another engine was meant');
  return database;
}

/** TypeORM has the migrations, and knows the tables. Nothing else goes through its pool. */
async function toDataSourceOptions(
  settings: PostgresSettings,
  server: PostgresServer,
): Promise<PostgresOptions> {
  return {
    type: 'postgres',
    driver: pg,
    extra: await toClientConfig(settings, server),
    installExtensions: false,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATION_TABLE,
    synchronize: false,
    logging: false,
  };
}

function placeOf({ servers, database }: PostgresSettings): string {
  return `the database '${database}' at ${servers.map(toHostAndPort).join(',')}`;
}

async function createDatabase(dataSource: DataSource, config: Config): Promise<PostgresDatabase> {
  const settings = settingsOf(config);
  const limits = { size: config.databasePoolSize, queryMs: config.queryTimeoutMs };
  const connections = new Connections(settings, limits);
  return new PostgresDatabase(dataSource, connections, settings, await readIndexes(dataSource));
}

function openSource(
  settings: PostgresSettings,
  definitions: readonly TableDefinition<StoredRow>[],
): Promise<DataSet> {
  return saying('copied', settings, async () => {
    const server = await new ServerChoice(settings).find();
    const dataSource = new DataSource({
      ...(await toDataSourceOptions(settings, server)),
      entities: entitiesOf(definitions),
    });
    try {
      await dataSource.initialize();
      await requireCurrentSchema(dataSource);
      return toDataSet(dataSource, settings, definitions);
    } catch (error) {
      if (dataSource.isInitialized) await dataSource.destroy();
      throw error;
    }
  });
}

function openTarget(
  settings: PostgresSettings,
  definitions: readonly TableDefinition<StoredRow>[],
): Promise<TargetDataSet> {
  return saying('copied to', settings, async () => {
    const { signal } = new AbortController();
    const options = await toDataSourceOptions(settings, settings.servers[0]!);
    const dataSource = await patiently(
      () => migrate({ ...options, entities: entitiesOf(definitions) }, settings, signal),
      placeOf(settings),
      signal,
    );
    const target = toDataSet(dataSource, settings, definitions);
    try {
      await target.requireUnused();
      return target;
    } catch (error) {
      await target.close();
      throw error;
    }
  });
}

function toDataSet(
  dataSource: DataSource,
  settings: PostgresSettings,
  definitions: readonly TableDefinition<StoredRow>[],
): PostgresDataSet {
  const connections = new Connections(settings, COPYING);
  return new PostgresDataSet(dataSource, connections, definitions, placeOf(settings));
}

function erase(settings: PostgresSettings): Promise<boolean> {
  return saying('deleted', settings, () => eraseSchema(settings, MIGRATION_NAMES));
}

async function open(
  options: PostgresOptions,
  settings: PostgresSettings,
  stop: AbortSignal,
): Promise<DataSource> {
  try {
    return await saying('used', settings, () => {
      return patiently(() => migrate(options, settings, stop), placeOf(settings), stop);
    });
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  }
}

/** Whoever meets the failure is told of which database it is, and what to do about it. */
async function saying<T>(
  what: 'used' | 'deleted' | 'copied' | 'copied to',
  settings: PostgresSettings,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new Error(`${placeOf(settings)} cannot be ${what}: ${explain(cause)}`, { cause });
  }
}

async function migrate(
  options: PostgresOptions,
  settings: PostgresSettings,
  stop: AbortSignal,
): Promise<DataSource> {
  const server = await new ServerChoice(settings).find();
  const client = await openClient(settings, server, { statementMs: OPENING_STATEMENT_MS });
  const dataSource = new DataSource({
    ...options,
    ...(await toDataSourceOptions(settings, server)),
  });
  try {
    const warnings = await checkServer(client);
    await requireOwnSchema(client, MIGRATION_NAMES);
    await withSchemaLock(client, stop, async () => {
      await requireOwnSchema(client, MIGRATION_NAMES);
      await dataSource.initialize();
      await dataSource.runMigrations({ transaction: 'each' });
    });
    for (const warning of warnings) new Logger().warn(warning);
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  } finally {
    cut(client);
  }
}

/** The server may come up after the service, or be in the middle of a failover. */
async function patiently<T>(act: () => Promise<T>, place: string, stop: AbortSignal): Promise<T> {
  const endsAt = performance.now() + OPENING_PATIENCE_MS;
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, MAX_RETRY_MS)) {
    stop.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (!isLost(error) || performance.now() + waitMs > endsAt) throw error;
      if (waitMs === FIRST_RETRY_MS) {
        new Logger().warn(`waiting for ${place}: ${explain(error)}`);
      }
    }
    await setTimeout(waitMs, undefined, { signal: stop });
  }
}

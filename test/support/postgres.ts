/** Databases of PostgreSQL for tests, on the server of the run (`start-postgres.mjs`). */
import { randomBytes, randomUUID } from 'node:crypto';

import type { Client } from 'pg';

export { startPostgres } from './postgres-server.mjs';
export type { PostgresOptions, PostgresServer } from './postgres-server.mjs';

export interface CreatedDatabase {
  url: string;
  /** Takes it away with whatever is connected to it. */
  drop(): Promise<void>;
}

/** The server of the run, as a role that may create databases. */
const SERVER = process.env.TEST_DATABASE_URL!;

/** A database with the tables of the service. Nobody connects to it. */
const MIGRATED = process.env.TEST_DATABASE_TEMPLATE!;

/** Of the databases of a worker. */
const PREFIX = `${process.env.TEST_DATABASE_PREFIX!}_${process.env.JEST_WORKER_ID!}_`;

let swept: Promise<void> | undefined;

/** A new database with nothing in it, or as another one that nobody is connected to. */
export async function createTestDatabase(original?: string): Promise<CreatedDatabase> {
  await (swept ??= sweep());
  const name = PREFIX + randomUUID().replaceAll('-', '');
  const template = original === undefined ? 'template0' : new URL(original).pathname.slice(1);
  await query(SERVER, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => drop(name) };
}

/** A new database with the tables that a service would make first. */
export async function createMigratedDatabase(): Promise<CreatedDatabase> {
  const database = await createTestDatabase(MIGRATED);
  // A secret is as old as its database: no other has it.
  const secret = randomBytes(32).toString('base64');
  await query(database.url, 'UPDATE secret SET value = $1', [secret]);
  return database;
}

/** Takes away what earlier test files of this worker have left. */
async function sweep(): Promise<void> {
  const left = await query(
    SERVER,
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [PREFIX],
  );
  for (const { datname } of left) await drop(String(datname));
}

async function drop(name: string): Promise<void> {
  await query(SERVER, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** One statement on a connection of its own. */
export async function query(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = await connect(url);
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** A connection that reads all numbers as numbers. */
export async function connect(connectionString: string): Promise<Client> {
  // Not every test that comes by here needs it.
  const { default: pg } = await import('pg');
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const client = new pg.Client({ connectionString, types });
  // Its server may be stopped: what is asked then says so.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

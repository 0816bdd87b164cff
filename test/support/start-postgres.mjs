/**
 * Before the first test on PostgreSQL: a server, unless `TEST_DATABASE_URL` names one, and on it a
 * database with the service's tables, which all others are copies of.
 */
import { randomBytes } from 'node:crypto';

import { Logger } from '@nestjs/common';
import pg from 'pg';

import { preparePrograms, startPostgres } from './postgres-server.mjs';
import refuseStaleBuild from './refuse-stale-build.mjs';
import { folder, startServices } from './services.mjs';

/** The server's programs, where they had to be copied. */
export const programs = `${folder}-programs`;

/** What of the run is to be taken away: the server, or the databases on somebody else's. */
export let server;
export let prefix;

export default async function startOnPostgres({ maxWorkers }) {
  refuseStaleBuild();
  process.env.TEST_POSTGRES_BIN = preparePrograms(programs);
  if (process.env.TEST_DATABASE_URL === undefined) {
    server = await startPostgres();
    process.env.TEST_DATABASE_URL = server.url;
  }
  // Others may use the server at the same time.
  prefix = `test_${randomBytes(4).toString('hex')}`;
  process.env.TEST_DATABASE_PREFIX = prefix;
  const template = await createDatabase('template');
  process.env.TEST_DATABASE_TEMPLATE = template;
  await migrate(template);
  const settings = [];
  for (let worker = 1; worker <= maxWorkers; worker += 1) {
    settings.push({ DATABASE_URL: await createDatabase(`service_${worker}`, nameOf('template')) });
  }
  await startServices('postgres', settings);
}

function nameOf(what) {
  return `${prefix}_${what}`;
}

async function createDatabase(what, template = 'template0') {
  await run(`CREATE DATABASE ${nameOf(what)} TEMPLATE ${template} STRATEGY file_copy`);
  const url = new URL(process.env.TEST_DATABASE_URL);
  url.pathname = `/${nameOf(what)}`;
  return url.href;
}

/** As a service does when it starts. It would warn that this server loses what it has not synced. */
async function migrate(url) {
  Logger.overrideLogger(false);
  const { parseConfig } = await import('../../dist/src/config/config.js');
  const { engineOf } = await import('../../dist/src/database/engines.js');
  const config = parseConfig({ DATABASE_URL: url });
  const engine = engineOf(config);
  const options = await engine.toDataSourceOptions(config);
  const dataSource = await engine.open(options, config, new AbortController().signal);
  await dataSource.destroy();
}

/** Takes away what the run has made. */
export async function removeDatabases() {
  if (server !== undefined) {
    await server.close();
  } else if (prefix !== undefined) {
    const left = await run(
      `SELECT datname FROM pg_database WHERE starts_with(datname, '${prefix}')`,
    );
    for (const { datname } of left) await run(`DROP DATABASE ${datname} WITH (FORCE)`);
  }
}

async function run(statement) {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

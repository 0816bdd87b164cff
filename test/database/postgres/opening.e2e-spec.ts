/** A start on PostgreSQL: what it makes, what it refuses and leaves as it is, what it waits for. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { parseConfig } from '../../../src/config/config.js';
import { toWelcome } from '../../../src/welcome.js';
import { askLive, pause } from '../../support/faults.js';
import {
  createTestDatabase,
  query,
  startPostgres,
  type PostgresServer,
  type CreatedDatabase,
} from '../../support/postgres.js';
import { open, refusalOf, SECRET, withPassword } from '../../support/open-postgres.js';
import { SERVICE, start, startService, type Running } from '../../support/run.js';
import { startTestApp } from '../../support/test-app.js';

/** What anybody's relations are, in every schema that is somebody's. */
const RELATIONS = `
  SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n
  ON n.oid = c.relnamespace WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY 1`;

let database: CreatedDatabase;
/** A start that takes its half minute beside all others. */
let waiting: Running;

beforeAll(() => {
  Logger.overrideLogger(false);
  waiting = wait('postgres://postgres@127.0.0.1:1/postgres');
});

afterAll(() => {
  waiting.child.kill('SIGKILL');
});

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await database.drop();
});

function wait(url: string): Running {
  return start('node', SERVICE, { PORT: '0', DATABASE_URL: withPassword(url) });
}

describe('a start on PostgreSQL', () => {
  it.each([
    ['one table of another application', ['CREATE TABLE theirs (id int)'], "('theirs')"],
    [
      'a view, and many tables',
      ['CREATE VIEW a AS SELECT 1', 'CREATE TABLE b ()', 'CREATE TABLE c ()', 'CREATE TABLE d ()'],
      "('a', 'b', 'c', …)",
    ],
    ['a table that is called as ours', ['CREATE TABLE user_status (id int)'], "('user_status')"],
    [
      'the migrations of another application',
      [
        'CREATE TABLE schema_migration (id int, timestamp bigint, name text)',
        "INSERT INTO schema_migration VALUES (1, 1, 'Theirs1')",
      ],
      'it belongs to another application',
    ],
    [
      'a table of migrations that is none of ours',
      ['CREATE TABLE schema_migration (version text)'],
      'it belongs to another application',
    ],
    [
      'an encoding that has not all characters',
      ['UPDATE pg_database SET encoding = 8 WHERE datname = current_database()'],
      "its encoding is LATIN1, which has not all characters: make it anew with CREATE DATABASE … ENCODING 'UTF8'",
    ],
    ...['off', 'local', 'remote_write'].map((level): [string, string[], string] => [
      `synchronous_commit=${level}`,
      [setInDatabase('synchronous_commit', level)],
      `its synchronous_commit is '${level}', with which it can lose what it has acknowledged`,
    ]),
    [
      'a schema that does not exist',
      [setInDatabase('search_path', 'elsewhere')],
      "name one that exists in the 'search_path' of 'options'",
    ],
  ])('refuses %s, and touches nothing', async (_what, statements, reason) => {
    for (const statement of statements) await query(database.url, statement);
    const before = await query(database.url, RELATIONS);

    const refusal = await refusalOf(withPassword(database.url));

    expect(refusal).toMatch(/^the database '\w+' at 127\.0\.0\.1:\d+ cannot be used: /);
    expect(refusal).toContain(reason);
    expect(await query(database.url, RELATIONS)).toEqual(before);
  });

  it('refuses a release that is too old', async () => {
    // A server that says so of itself.
    await query(database.url, 'CREATE SCHEMA old');
    await query(
      database.url,
      `CREATE FUNCTION old.current_setting(text) RETURNS text LANGUAGE sql AS
       $$ SELECT CASE WHEN $1 = 'server_version_num' THEN '140012'
          ELSE pg_catalog.current_setting($1) END $$`,
    );

    expect(
      await refusalOf(`${database.url}?options=-c%20search_path%3Dold,pg_catalog,public`),
    ).toContain('cannot be used: it is PostgreSQL 14, and 15 is the oldest that serves');
  });

  it('refuses what a newer release has changed, and touches nothing', async () => {
    await (await open(database.url)).destroy();
    await query(
      database.url,
      "INSERT INTO schema_migration (timestamp, name) VALUES (9, 'Newer9')",
    );
    const before = await query(database.url, RELATIONS);

    expect(await refusalOf(database.url)).toContain(
      'cannot be used: a newer release of this program has changed it (Newer9): start that one',
    );
    expect(await query(database.url, RELATIONS)).toEqual(before);
  });

  it.each([
    ['there is none', 'postgres://postgres@127.0.0.1/x', 'does not exist: make it with CREATE'],
    ['nobody may', 'postgres://nobody@127.0.0.1/postgres', 'role "nobody" does not exist'],
    ['it is not encrypted', 'postgres://postgres@127.0.0.1/x?sslmode=require', "'sslmode=disable'"],
  ])('is refused at once where %s', async (_what, url, reason) => {
    const { port } = new URL(database.url);

    expect(await refusalOf(url.replace('127.0.0.1', `127.0.0.1:${port}`))).toContain(reason);
  });

  it.each([
    ['an empty table of migrations', open],
    ['an extension', () => query(database.url, 'CREATE EXTENSION pg_stat_statements')],
  ])('goes on with %s', async (_what, begin) => {
    const begun = await begin(database.url);
    if ('destroy' in begun) {
      await begun.undoLastMigration();
      await begun.destroy();
    }
    expect(await refusalOf(database.url)).toBe('');
  });
});

function setInDatabase(name: string, value: string): string {
  return `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${name} = ${value}', current_database()); END $$`;
}

/** Whoever starts together waits for the other; by a row where there are no locks on numbers. */
describe('services that start together', () => {
  it('all serve', async () => {
    const apps = await Promise.all(
      Array.from({ length: 3 }, () => startTestApp({ DATABASE_URL: database.url })),
    );

    for (const app of apps) expect((await app.send('GET', '/health/ready')).status).toBe(200);
    expect(await query(database.url, 'SELECT name FROM schema_migration')).toHaveLength(1);
    await Promise.all(apps.map((app) => app.close()));
  });

  it.each([
    [
      'have no right to the locks of the engine',
      'REVOKE EXECUTE ON FUNCTION pg_try_advisory_lock(int, int) FROM PUBLIC',
    ],
    [
      'are on an engine that says yes to all',
      `CREATE FUNCTION public.pg_try_advisory_lock(int, int) RETURNS boolean LANGUAGE sql
       AS 'SELECT true'`,
    ],
  ])('make the schema once where they %s', async (_what, statement) => {
    await query(database.url, statement);
    await query(database.url, 'CREATE ROLE plain LOGIN').catch(() => undefined);
    await query(database.url, 'GRANT CREATE ON SCHEMA public TO plain');
    const options = 'options=-c%20search_path%3Dpublic,pg_catalog';
    const url = `${database.url.replace('postgres@', 'plain@')}?${options}`;

    const opened = await Promise.all(Array.from({ length: 4 }, () => open(url)));

    expect(await query(database.url, 'SELECT name FROM schema_migration')).toHaveLength(1);
    expect(await query(database.url, 'SELECT name FROM secret')).toHaveLength(1);
    await Promise.all(opened.map((dataSource) => dataSource.destroy()));
  });
});

describe('a server that is not there yet', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
    await server.stop();
  });

  afterAll(async () => {
    await server.close();
  });

  function countWaits(log: string): number {
    return log.split('waiting for the database').length - 1;
  }

  it('is waited for, which is logged once', async () => {
    const starting = startService({ DATABASE_URL: withPassword(server.url) });
    await pause(3000);
    await server.start();
    const { child, url, stdout, finished } = await starting;

    expect(countWaits(stdout())).toBe(1);
    expect(stdout()).not.toContain(SECRET);
    expect(await askLive(url)).toBe(200);
    child.kill('SIGTERM');
    expect((await finished).code).toBe(0);
    await server.stop();
  });

  it('is not waited for any more when the start is told to stop', async () => {
    const { child, stdout, finished } = wait(server.url);
    while (countWaits(stdout()) === 0) await pause(20);
    const asked = performance.now();
    child.kill('SIGTERM');
    const { code, stderr } = await finished;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - asked).toBeLessThan(2000);
  });

  it('is given up after half a minute, with one line', async () => {
    const { code, stdout, stderr } = await waiting.finished;

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^user-statuses: the database 'postgres' at 127\.0\.0\.1:1 cannot be used: connect ECONNREFUSED 127\.0\.0\.1:1\n$/,
    );
    expect(countWaits(stdout)).toBe(1);
    expect(stdout + stderr).not.toContain(SECRET);
  }, 60_000);
});

it('tells whoever starts it where the data are, and no password', () => {
  const url = `postgres://user:${SECRET}@db1,[::1]:6000/statuses`;
  const welcome = toWelcome(parseConfig({ DATABASE_URL: url }), 'http://127.0.0.1:3000');

  expect(welcome).toContain('statuses on PostgreSQL at db1:5432, [::1]:6000\n');
  expect(welcome).not.toContain(SECRET);
});

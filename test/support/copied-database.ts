/** Databases that are copied from and to, and the program that does it. */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PostgresTestDatabase } from './postgres-database.js';
import { createTestDatabase } from './postgres.js';
import { start, type Running } from './run.js';
import { SqliteTestDatabase } from './sqlite-database.js';
import type { TestDatabase } from './test-database.js';

interface Asked {
  query: (statement: string) => Promise<Record<string, unknown>[]>;
}

export interface CopiedDatabase extends Asked, Pick<TestDatabase, 'addRows' | 'drop'> {
  url: string;
  /** Whether a copy that is under way has written some of its rows. */
  isBegun(): Promise<boolean>;
}

/** A log of this size has some chunks of rows, and is far from having thirty thousand. */
const BEGUN_LOG_BYTES = 4_000_000;

/** A file that is not there yet, or is as another one that nobody has open. */
export function createFile(original?: CopiedDatabase): CopiedDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  const file = join(folder, 'data.db');
  if (original !== undefined) copyFileSync(original.url.replace('sqlite:', ''), file);
  const database = new SqliteTestDatabase(file);
  return {
    url: `sqlite:${file}`,
    query: (statement) => database.query(statement),
    addRows: (rows) => database.addRows(rows),
    isBegun() {
      const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
      return Promise.resolve(log !== undefined && log.size > BEGUN_LOG_BYTES);
    },
    drop() {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
}

/** Of the engine that the tests run on: with nothing in it, or as another one that nobody has open. */
export async function createTarget(original?: CopiedDatabase): Promise<CopiedDatabase> {
  if (TEST_ENGINE === 'sqlite') return createFile(original);
  const created = await createTestDatabase(original?.url);
  const { url } = created;
  const database = await PostgresTestDatabase.open(url);
  const query = (statement: string) => database.query(statement);
  return {
    url,
    query,
    addRows: (rows) => database.addRows(rows),
    async isBegun() {
      const [table] = await query(`SELECT to_regclass('user_status') IS NOT NULL AS "isThere"`);
      if (table!.isThere !== true) return false;
      return (await query('SELECT 1 FROM user_status LIMIT 1')).length > 0;
    },
    async drop() {
      await database.drop();
      await created.drop();
    },
  };
}

export function startCopy(
  source: CopiedDatabase,
  target: CopiedDatabase,
  ...options: string[]
): Running {
  const sides = ['--from', source.url, '--to', target.url];
  return start('node', ['dist/bundle/user-statuses.js', 'copy', ...sides, ...options], {});
}

/** Of what it says beside, a test server's warnings and how far it is are left out. */
export async function copy(...args: Parameters<typeof startCopy>) {
  const { code, stdout, stderr } = await startCopy(...args).finished;
  const expected = /^copy: (?:the database server runs .*|(?:copied|compared) .* rows\/s)\n/gm;
  return { code, stdout, stderr: stderr.replaceAll(expected, '') };
}

/** All rows of all tables but those of the migrations. */
export async function dump({ query }: Asked): Promise<unknown[]> {
  return [
    await query('SELECT * FROM secret ORDER BY name'),
    await query('SELECT * FROM user_status_collection ORDER BY id'),
    await query('SELECT * FROM user_status ORDER BY collection_id, id'),
    await query('SELECT * FROM user_status_count ORDER BY collection_id, status'),
  ];
}

const OF_COLLECTION = 'c.device_configuration_id, c.navigation';

/** What is kept counted, by collection and status. */
export function keptCounts({ query }: Asked): Promise<unknown[]> {
  return query(`
    SELECT ${OF_COLLECTION}, k.status, CAST(SUM(k.count) AS bigint) AS "rows"
    FROM user_status_count AS k JOIN user_status_collection AS c ON c.id = k.collection_id
    GROUP BY ${OF_COLLECTION}, k.status HAVING SUM(k.count) <> 0
    ORDER BY ${OF_COLLECTION}, k.status`);
}

/** The same, counted. */
export function countRows({ query }: Asked): Promise<unknown[]> {
  return query(`
    SELECT ${OF_COLLECTION}, r.status, COUNT(*) AS "rows"
    FROM user_status AS r JOIN user_status_collection AS c ON c.id = r.collection_id
    GROUP BY ${OF_COLLECTION}, r.status ORDER BY ${OF_COLLECTION}, r.status`);
}

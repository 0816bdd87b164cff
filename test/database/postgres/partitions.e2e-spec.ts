/** The statements of docs/scaling.md that make hash partitions of a table in use, and the service on what they make. */
import { isDeepStrictEqual } from 'node:util';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { readBlocks } from '../../support/code-blocks.js';
import { pause } from '../../support/faults.js';
import { startNestApp, type NestApp } from '../../support/nest-app.js';
import { createMigratedDatabase, query } from '../../support/postgres.js';
import { idsIn, pageOf, seed } from '../../support/seed.js';
import { COLLECTION, userStatus } from '../../support/user-status.js';

const PARTITIONS = readBlocks('docs/scaling.md', 'sql').find((sql) =>
  sql.includes('PARTITION BY HASH'),
)!;

/** Collections that have rows besides, and so many that few partitions are empty. */
const OTHERS = Array.from({ length: 40 }, (_, n) =>
  COLLECTION.replace('d93b1b3e', `other-${String(n)}`),
);

/** Enough that PostgreSQL does not take reading all of a partition for the shorter way. */
const ROWS = 5000;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let app: NestApp;
let before: Record<string, unknown>[];

beforeAll(async () => {
  database = await createMigratedDatabase();
  app = await startNestApp({ DATABASE_URL: database.url });
  await seed(app, { early: { devicesCount: 7, status: 'error' } });
  for (const path of OTHERS) await seed(app, { x: {} }, path);
  await app.close();

  before = await readIndexes();
  await query(database.url, PARTITIONS);
  app = await startNestApp({ DATABASE_URL: database.url });
}, 60_000);

afterAll(async () => {
  await app.close();
  await database.drop();
});

/** What the table's indexes are, the one of its key first. */
function readIndexes(): Promise<Record<string, unknown>[]> {
  return query(
    database.url,
    `SELECT i.indisprimary, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS definition
     FROM pg_index i WHERE i.indrelid = 'user_status'::regclass ORDER BY 1 DESC, 2`,
  );
}

it('keeps each index by its name', async () => {
  expect(await readIndexes()).toEqual(before);
  expect(before).toHaveLength(6);
});

it('spreads the collections', async () => {
  const [used] = await query(
    database.url,
    'SELECT count(DISTINCT tableoid)::int AS partitions FROM user_status',
  );
  expect(used!.partitions).toBeGreaterThan(8);
});

it('keeps what was there, and writes, reads and counts', async () => {
  await seed(app, { b: { devicesCount: 2 }, c: { devicesCount: 3, status: 'error' }, d: {} });
  const changed = await app.send('PATCH', `${COLLECTION}/b`, { status: 'error' });
  const deleted = await app.send('DELETE', `${COLLECTION}/d`);
  const again = await app.send('POST', COLLECTION, userStatus({ id: 'early' }));
  expect([changed.status, deleted.status, again.status]).toEqual([200, 204, 409]);

  expect(idsIn(await app.send('GET', `${COLLECTION}?$orderby=devicesCount`))).toBe('b c early');
  const errors = await app.send('GET', `${COLLECTION}?$filter=status eq 'error'&$count=true`);
  expect(pageOf(errors)['@odata.count']).toBe(3);
  const overview = await app.send('GET', COLLECTION.replace('userStatuses', 'userStatusOverview'));
  expect(overview.body).toMatchObject({ errorCount: 3, notApplicableCount: 0 });
  expect((await app.send('GET', `${COLLECTION}/early`)).body).toMatchObject({ devicesCount: 7 });
});

it('meets one partition with each request, by an index', async () => {
  const [own] = await query(
    database.url,
    `SELECT collection_id, tableoid::regclass::text AS name FROM user_status WHERE id = 'early'`,
  );
  await query(
    database.url,
    `INSERT INTO user_status (collection_id, id, revision, devices_count, status,
       last_reported_date_time, last_reported_instant, user_display_name)
     SELECT $1, 'n' || n, n, n % 7, 5, 't', lpad(n::text, 12, '0'), 'User ' || n
     FROM generate_series(1, $2::int) AS n`,
    [own!.collection_id, ROWS],
  );
  await query(database.url, 'ANALYZE user_status');
  await restart();
  const earlier = await readUse();

  for (const options of [
    '$orderby=devicesCount desc,id desc',
    '$orderby=userDisplayName',
    "$filter=status eq 'error'&$orderby=lastReportedDateTime",
    "$filter=userDisplayName ge 'User 3'&$orderby=userDisplayName",
  ]) {
    const page = pageOf(await app.send('GET', `${COLLECTION}?${options}&$top=5`));
    expect(page.value).toHaveLength(5);
  }
  for (const [method, id, status] of [
    ['GET', 'n17', 200],
    ['PATCH', 'n17', 200],
    ['DELETE', 'n18', 204],
  ] as const) {
    const body = method === 'PATCH' ? { devicesCount: 4 } : undefined;
    expect((await app.send(method, `${COLLECTION}/${id}`, body)).status).toBe(status);
  }

  await restart();
  const used = (await readUse()).filter((use, n) => !isDeepStrictEqual(use, earlier[n]));
  expect(used.map(({ name }) => name)).toEqual([own!.name]);
  expect(used[0]!.whole).toBe(earlier.find(({ name }) => name === own!.name)!.whole);
});

/** Its sessions tell what they have done when they end, if not before. */
async function restart(): Promise<void> {
  await app.close();
  const sessions = `SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  while ((await query(database.url, sessions)).length > 0) await pause(10);
  app = await startNestApp({ DATABASE_URL: database.url });
}

/** How often each partition was read: whole, or by one of its indexes. */
function readUse(): Promise<Record<string, unknown>[]> {
  return query(
    database.url,
    `SELECT relname AS name, seq_scan AS whole, idx_scan AS "byIndex" FROM pg_stat_user_tables
     WHERE relname ~ '^user_status_[0-9]+$' ORDER BY 1`,
  );
}

/** The database's own counts of a collection have to be what counting the rows would say, whatever is written, and whoever writes. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';

import { sendChangeSet } from '../support/change-set.js';
import { seed } from '../support/seed.js';
import { Sqlite } from '../support/sqlite.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION, userStatus } from '../support/user-status.js';

const ERROR = 5;
const CONFLICT = 6;

let app: TestApp;
/** Another program that has the file open. */
let other: Database;

beforeEach(async () => {
  app = borrowTestApp();
  other = new Sqlite(app.databaseFile);
  await seed(app, { a: { status: 'error' }, b: { status: 'error' } });
});

afterEach(() => {
  other.close();
});

/** The collection's counts by status, which are those of its rows. A count of zero is as good as none. */
function counts(): Record<number, number> {
  const kept = other
    .prepare('SELECT * FROM user_status_count WHERE count <> 0 ORDER BY 1, 2')
    .all();
  const counted = other
    .prepare(
      'SELECT collection_id, status, count(*) AS count FROM user_status GROUP BY 1, 2 ORDER BY 1, 2',
    )
    .all();
  expect(kept).toEqual(counted);
  const key = other
    .prepare(
      'SELECT id FROM user_status_collection WHERE device_configuration_id = ? AND navigation = 1',
    )
    .pluck()
    .get(CONFIGURATION);
  const rows = kept as { collection_id: number; status: number; count: number }[];
  return Object.fromEntries(
    rows.filter((row) => row.collection_id === key).map(({ status, count }) => [status, count]),
  );
}

async function change(
  method: string,
  id: string,
  body?: unknown,
  upserts = false,
): Promise<number> {
  const headers: Record<string, string> = upserts ? { prefer: 'create-if-missing' } : {};
  return (await app.send(method, `${COLLECTION}/${id}`, body, headers)).status;
}

async function create(id: string, status: string): Promise<number> {
  return (await app.send('POST', COLLECTION, userStatus({ id, status }))).status;
}

/** Makes `c`, moves `a` to another status, deletes `b`, and makes one more with this id. */
async function runChangeSet(id: string): Promise<string> {
  const root = COLLECTION.replace('/v1.0/', '');
  const json = 'Content-Type: application/json\r\n\r\n';
  const requests = [
    `POST ${root} HTTP/1.1\r\n${json}${JSON.stringify(userStatus({ id: 'c', status: 'error' }))}`,
    `PATCH ${root}/a HTTP/1.1\r\n${json}{"status":"conflict"}`,
    `DELETE ${root}/b HTTP/1.1\r\n`,
    `POST ${root} HTTP/1.1\r\n${json}${JSON.stringify(userStatus({ id, status: 'error' }))}`,
  ];
  return sendChangeSet(app, requests);
}

describe('the counts follow the service', () => {
  it.each<[string, () => Promise<unknown>, unknown, Record<number, number>]>([
    ['a create that is refused', () => create('a', 'conflict'), 409, { [ERROR]: 2 }],
    ['an update that finds nothing', () => change('PATCH', 'x', {}), 404, { [ERROR]: 2 }],
    ['a delete that finds nothing', () => change('DELETE', 'x'), 404, { [ERROR]: 2 }],
    ['a create', () => create('c', 'conflict'), 201, { [ERROR]: 2, [CONFLICT]: 1 }],
    [
      'an update of the status',
      () => change('PATCH', 'a', { status: 'conflict' }),
      200,
      { [ERROR]: 1, [CONFLICT]: 1 },
    ],
    [
      'an update to the same status',
      () => change('PATCH', 'a', { status: 'error', devicesCount: 1 }),
      200,
      { [ERROR]: 2 },
    ],
    ['an update of the rest', () => change('PATCH', 'a', { devicesCount: 1 }), 200, { [ERROR]: 2 }],
    [
      'an upsert that creates',
      () => change('PATCH', 'c', userStatus({ status: 'conflict' }), true),
      201,
      { [ERROR]: 2, [CONFLICT]: 1 },
    ],
    [
      'an upsert that updates',
      () => change('PATCH', 'a', userStatus({ status: 'conflict' }), true),
      200,
      { [ERROR]: 1, [CONFLICT]: 1 },
    ],
    ['a delete', () => change('DELETE', 'a'), 204, { [ERROR]: 1 }],
    [
      'the deletes of all',
      async () => [await change('DELETE', 'a'), await change('DELETE', 'b')],
      [204, 204],
      {},
    ],
    ['a change set', () => runChangeSet('d'), '201 200 204 201', { [ERROR]: 2, [CONFLICT]: 1 }],
    ['a change set that is undone', () => runChangeSet('c'), '409', { [ERROR]: 2 }],
    [
      'creates at the same time, of which one is refused',
      async () => {
        const ids = ['c', 'd', 'c', 'e'];
        return (await Promise.all(ids.map((id) => create(id, 'conflict')))).sort();
      },
      [201, 201, 201, 409],
      { [ERROR]: 2, [CONFLICT]: 3 },
    ],
  ])('through %s', async (_write, write, answer, expected) => {
    expect(await write()).toEqual(answer);
    expect(counts()).toEqual(expected);
  });

  it('in each collection by itself', async () => {
    const beside = COLLECTION.replace('/rootCertificate', '');
    await seed(app, { a: { status: 'error' }, b: { status: 'conflict' } }, beside);
    await seed(app, { a: { status: 'error' } }, COLLECTION.replace(CONFIGURATION, 'x'));
    await app.send('DELETE', `${beside}/a`);

    counts();
    expect((await app.send('GET', `${beside}/$count`)).text).toBe('1');
    expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('2');
  });
});

describe('the counts follow another program', () => {
  it.each<[string, string, Record<number, number>]>([
    [
      'inserts',
      `INSERT INTO user_status SELECT collection_id, id || '2', 1, 'x', 'x', 6, NULL, NULL, 1 FROM user_status`,
      { [ERROR]: 2, [CONFLICT]: 2 },
    ],
    [
      'inserts what is there',
      'INSERT OR IGNORE INTO user_status SELECT * FROM user_status',
      { [ERROR]: 2 },
    ],
    [
      'replaces, with triggers for what goes',
      'PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO user_status SELECT * FROM user_status',
      { [ERROR]: 2 },
    ],
    [
      'inserts or updates',
      'INSERT INTO user_status SELECT * FROM user_status WHERE TRUE ON CONFLICT DO UPDATE SET status = 6',
      { [CONFLICT]: 2 },
    ],
    [
      'changes a status',
      `UPDATE user_status SET status = 6 WHERE id = 'a'`,
      { [ERROR]: 1, [CONFLICT]: 1 },
    ],
    [
      'moves to another collection',
      `UPDATE user_status SET collection_id = 99 WHERE id = 'a'`,
      { [ERROR]: 1 },
    ],
    ['deletes all', 'DELETE FROM user_status', {}],
    ['takes back', 'BEGIN; DELETE FROM user_status; ROLLBACK', { [ERROR]: 2 }],
  ])('that %s', (_what, statements, expected) => {
    other.exec(statements);

    expect(counts()).toEqual(expected);
  });
});

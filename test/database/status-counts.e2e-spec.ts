/** The counts that the database keeps have to be what counting the rows would say, whatever is written. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { sendChangeSet } from '../support/change-set.js';
import { seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION, userStatus } from '../support/user-status.js';

const ERROR = 5;
const CONFLICT = 6;

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
  await seed(app, { a: { status: 'error' }, b: { status: 'error' } });
});

/** The collection's counts by status, which are those of its rows. A count of zero is as good as none. */
async function counts(): Promise<Record<number, number>> {
  const kept = await app.database.query(
    'SELECT collection_id, status, sum(count) AS n FROM user_status_count GROUP BY 1, 2 HAVING sum(count) <> 0 ORDER BY 1, 2',
  );
  const counted = await app.database.query(
    'SELECT collection_id, status, count(*) AS n FROM user_status GROUP BY 1, 2 ORDER BY 1, 2',
  );
  const [collection] = await app.database.query(
    `SELECT id FROM user_status_collection WHERE device_configuration_id = '${CONFIGURATION}' AND navigation = 1`,
  );
  const numbers = kept.map((row) => Object.values(row).map(Number));
  expect(numbers).toEqual(counted.map((row) => Object.values(row).map(Number)));
  return Object.fromEntries<number>(
    numbers.filter(([id]) => id === collection?.id).map(([, status, n]) => [status!, n!]),
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

describe('the counts', () => {
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
  ])('follow %s', async (_write, write, answer, expected) => {
    expect(await write()).toEqual(answer);
    expect(await counts()).toEqual(expected);
  });

  it('are those of each collection by itself', async () => {
    const beside = COLLECTION.replace('/rootCertificate', '');
    await seed(app, { a: { status: 'error' }, b: { status: 'conflict' } }, beside);
    await seed(app, { a: { status: 'error' } }, COLLECTION.replace(CONFIGURATION, 'x'));
    await app.send('DELETE', `${beside}/a`);

    await counts();
    expect((await app.send('GET', `${beside}/$count`)).text).toBe('1');
    expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('2');
  });
});

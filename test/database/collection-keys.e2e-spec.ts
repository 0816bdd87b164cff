/** Collections are told apart by numbers in the database, which are given with the first create, whoever makes it. */
import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { sendChangeSet } from '../support/change-set.js';
import { startService } from '../support/run.js';
import { idsIn, pageOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { userStatus } from '../support/user-status.js';

let app: TestApp;
/** A device configuration that nobody has named before, and its collection. */
let configuration: string;
let parent: string;
let collection: string;
let other: string;
let before: unknown[][];

beforeEach(async () => {
  app = await borrowTestApp();
  configuration = randomUUID();
  parent = `/v1.0/deviceManagement/deviceConfigurations/${configuration}`;
  collection = `${parent}/userStatuses`;
  other = `/v1.0/deviceManagement/deviceConfigurations/${randomUUID()}/userStatuses`;
  before = await readCollections();
});

async function readCollections(): Promise<unknown[][]> {
  const rows = await app.database.query(
    'SELECT id, device_configuration_id, navigation FROM user_status_collection',
  );
  return rows.map((row) => Object.values(row));
}

/** Those that the test has made, without their numbers. */
async function newCollections(): Promise<unknown[]> {
  const numbers = new Set(before.map(([id]) => id));
  const rows = await readCollections();
  return rows.filter(([id]) => !numbers.has(id)).map(([, ...names]) => names);
}

function toRequest(method: string, path: string, body: unknown, header = ''): string {
  return `${method} ${path} HTTP/1.1\r\nContent-Type: application/json\r\n${header}\r\n${JSON.stringify(body)}`;
}

describe('a collection that was never written to', () => {
  it.each([
    ['POST', '', userStatus({ id: 'a', devicesCount: 'x' }), {}, 400],
    ['PATCH', '/a', { devicesCount: 1 }, {}, 404],
    ['PATCH', '/a', userStatus(), { prefer: 'create-if-missing', 'if-match': '*' }, 412],
    ['PATCH', '/a', { devicesCount: 1 }, { prefer: 'create-if-missing' }, 400],
    ['DELETE', '/a', undefined, {}, 404],
    ['GET', '/a', undefined, {}, 404],
    ['GET', '/a/status', undefined, {}, 404],
    ['GET', '', undefined, {}, 200],
    ['GET', '?$skip=5&$orderby=status&$filter=devicesCount gt 1', undefined, {}, 200],
    ['GET', '/$count', undefined, { accept: 'text/plain' }, 200],
  ])('is given no key by %s %s with %j and %j', async (method, path, body, headers, status) => {
    const answer = await app.send(method, `${collection}${path}`, body, headers);

    expect(answer.status).toBe(status);
    expect(await newCollections()).toEqual([]);
  });

  it('is empty to every read', async () => {
    await seed(app, { a: {} }, `${parent}/rootCertificate/userStatuses`);

    const overview = await app.send('GET', `${parent}/userStatusOverview`);

    expect(pageOf(await app.send('GET', `${collection}?$count=true`))).toMatchObject({
      '@odata.count': 0,
      value: [],
    });
    expect((await app.send('GET', `${collection}/$count`)).text).toBe('0');
    expect(overview).toMatchObject({ status: 200, body: { notApplicableCount: 0 } });
    expect(await newCollections()).toEqual([[configuration, 1]]);
  });
});

describe('the first creates in a collection', () => {
  it('are all made, whichever process they are sent to, and read from each', async () => {
    const env = { DATA_DIR: app.dataDir, LOG_LEVEL: 'info' };
    const services = await Promise.all([startService(env), startService(env)]);
    const authorization = `Bearer ${app.token}`;
    const post = async (i: number): Promise<number> => {
      const response = await fetch(services[i % 2]!.url + collection, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(userStatus({ id: `user-${String(i)}` })),
      });
      await response.text();
      return response.status;
    };
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, i) => post(i)));
    const counts = await Promise.all(
      services.map(async ({ url }) => {
        const found = await fetch(`${url}${collection}/$count`, { headers: { authorization } });
        return found.text();
      }),
    );
    for (const service of services) service.child.kill('SIGTERM');
    await Promise.all(services.map(({ finished }) => finished));

    expect(statuses).toEqual(statuses.map(() => 201));
    expect(counts).toEqual(['100', '100']);
    expect(await newCollections()).toEqual([[configuration, 0]]);
  });

  it('are refused one by one: a duplicate, and one that is invalid', async () => {
    const bodies = [{ id: 'a' }, { id: 'a' }, { id: 'b', devicesCount: -1.5 }, { id: 'c' }];
    const answers = await Promise.all(
      bodies.map((changes) => app.send('POST', collection, userStatus(changes))),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 400, 409]);
    expect(idsIn(await app.send('GET', collection))).toBe('a c');
    expect(await newCollections()).toEqual([[configuration, 0]]);
  });

  it('can be an upsert', async () => {
    const upsert = { prefer: 'create-if-missing' };
    const answers = await Promise.all([
      app.send('PATCH', `${collection}/a`, userStatus(), upsert),
      app.send('PATCH', `${collection}/a`, userStatus(), upsert),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(idsIn(await app.send('GET', collection))).toBe('a');
  });

  const create = (id: string) => toRequest('POST', collection, userStatus({ id }));
  const upsert = (id: string) =>
    toRequest('PATCH', `${collection}/${id}`, userStatus(), 'Prefer: create-if-missing\r\n');
  const beside = () => toRequest('POST', other, userStatus({ id: 'x' }));
  const update = (id: string) => toRequest('PATCH', `${collection}/${id}`, { devicesCount: 7 });

  it.each<[string, () => string[], string, string]>([
    ['with a duplicate', () => [create('a'), beside(), create('a')], '409', ''],
    ['with an update of what is not there', () => [create('a'), update('b')], '404', ''],
    ['of creates', () => [create('a'), create('b'), beside()], '201 201 201', 'a b'],
    ['of a create and its update', () => [create('a'), update('a')], '201 200', 'a'],
    ['of upserts', () => [upsert('a'), upsert('a'), beside()], '201 200 201', 'a'],
  ])('can be in a change set %s', async (_what, requests, answer, ids) => {
    expect(await sendChangeSet(app, requests())).toBe(answer);
    expect(idsIn(await app.send('GET', collection))).toBe(ids);
  });
});

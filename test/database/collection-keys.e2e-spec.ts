/** Collections are told apart by numbers in the database, which are given with the first create, whoever makes it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { sendChangeSet } from '../support/change-set.js';
import { startService } from '../support/run.js';
import { idsIn, pageOf, seed } from '../support/seed.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { userStatus } from '../support/user-status.js';

const PARENT = '/v1.0/deviceManagement/deviceConfigurations/NEW';
const COLLECTION = `${PARENT}/userStatuses`;

let dataDir: string;
let app: OwnTestApp;

async function openApp(): Promise<void> {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  app = await startTestApp({ DATA_DIR: dataDir });
}

async function closeApp(): Promise<void> {
  await app.close();
  await app.database.drop();
  rmSync(dataDir, { recursive: true });
}

async function collections(): Promise<unknown[]> {
  const rows = await app.database.query(
    'SELECT device_configuration_id, navigation FROM user_status_collection',
  );
  return rows.map((row) => Object.values(row));
}

function toRequest(method: string, path: string, body: unknown, header = ''): string {
  return `${method} ${path} HTTP/1.1\r\nContent-Type: application/json\r\n${header}\r\n${JSON.stringify(body)}`;
}

describe('a collection that was never written to', () => {
  beforeAll(openApp);
  afterAll(closeApp);

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
    const answer = await app.send(method, `${COLLECTION}${path}`, body, headers);

    expect(answer.status).toBe(status);
    expect(await collections()).toEqual([]);
  });

  it('is empty to every read', async () => {
    await seed(app, { a: {} }, `${PARENT}/rootCertificate/userStatuses`);

    const overview = await app.send('GET', `${PARENT}/userStatusOverview`);

    expect(pageOf(await app.send('GET', `${COLLECTION}?$count=true`))).toMatchObject({
      '@odata.count': 0,
      value: [],
    });
    expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('0');
    expect(overview).toMatchObject({ status: 200, body: { notApplicableCount: 0 } });
    expect(await collections()).toEqual([['NEW', 1]]);
  });
});

describe('the first creates in a collection', () => {
  beforeEach(openApp);
  afterEach(closeApp);

  it('are all made, whichever process they are sent to, and read from each', async () => {
    const env = { DATA_DIR: dataDir, LOG_LEVEL: 'info' };
    const services = await Promise.all([startService(env), startService(env)]);
    const authorization = `Bearer ${app.token}`;
    const post = async (i: number): Promise<number> => {
      const response = await fetch(services[i % 2]!.url + COLLECTION, {
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
        const found = await fetch(`${url}${COLLECTION}/$count`, { headers: { authorization } });
        return found.text();
      }),
    );
    for (const service of services) service.child.kill('SIGTERM');
    await Promise.all(services.map(({ finished }) => finished));

    expect(statuses).toEqual(statuses.map(() => 201));
    expect(counts).toEqual(['100', '100']);
    expect(await collections()).toEqual([['NEW', 0]]);
  });

  it('are refused one by one: a duplicate, and one that is invalid', async () => {
    const bodies = [{ id: 'a' }, { id: 'a' }, { id: 'b', devicesCount: -1.5 }, { id: 'c' }];
    const answers = await Promise.all(
      bodies.map((changes) => app.send('POST', COLLECTION, userStatus(changes))),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 400, 409]);
    expect(idsIn(await app.send('GET', COLLECTION))).toBe('a c');
    expect(await collections()).toEqual([['NEW', 0]]);
  });

  it('can be an upsert', async () => {
    const upsert = { prefer: 'create-if-missing' };
    const answers = await Promise.all([
      app.send('PATCH', `${COLLECTION}/a`, userStatus(), upsert),
      app.send('PATCH', `${COLLECTION}/a`, userStatus(), upsert),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(idsIn(await app.send('GET', COLLECTION))).toBe('a');
  });

  const create = (id: string) => toRequest('POST', COLLECTION, userStatus({ id }));
  const upsert = (id: string) =>
    toRequest('PATCH', `${COLLECTION}/${id}`, userStatus(), 'Prefer: create-if-missing\r\n');
  const beside = toRequest('POST', COLLECTION.replace('NEW', 'OTHER'), userStatus({ id: 'x' }));
  const update = (id: string) => toRequest('PATCH', `${COLLECTION}/${id}`, { devicesCount: 7 });

  it.each<[string, string[], string, string]>([
    ['with a duplicate', [create('a'), beside, create('a')], '409', ''],
    ['with an update of what is not there', [create('a'), update('b')], '404', ''],
    ['of creates', [create('a'), create('b'), beside], '201 201 201', 'a b'],
    ['of a create and its update', [create('a'), update('a')], '201 200', 'a'],
    ['of upserts', [upsert('a'), upsert('a'), beside], '201 200 201', 'a'],
  ])('can be in a change set %s', async (_what, requests, answer, ids) => {
    expect(await sendChangeSet(app, requests)).toBe(answer);
    expect(idsIn(await app.send('GET', COLLECTION))).toBe(ids);
  });
});

/** `atomicityGroup` in a JSON batch: a change set (OData JSON Format 4.01, section 19). */
import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Answer } from '../support/client.js';
import { borrowTestApp, startTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const RELATIVE = COLLECTION.replace('/v1.0', '');
const JSON_TYPE = { 'Content-Type': 'application/json' };

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

function send(requests: readonly object[], target = app): Promise<Answer> {
  return target.send('POST', '/v1.0/$batch', { requests });
}

async function run(requests: readonly object[]) {
  const answer = await send(requests);
  expect(answer).toMatchObject({ status: 200 });
  return (answer.body as { responses: object[] }).responses;
}

function create(id: string, more: object = {}) {
  const body = userStatus({ id: `user-${id}` });
  return { id, method: 'POST', url: RELATIVE, headers: JSON_TYPE, body, ...more };
}

function patch(id: string, of: string, body: object, more: object = {}) {
  return { id, method: 'PATCH', url: `${RELATIVE}/user-${of}`, headers: JSON_TYPE, body, ...more };
}

function read(id: string, more: object = {}) {
  return { id, method: 'GET', url: `${RELATIVE}/$count`, ...more };
}

async function storedIds(): Promise<string[]> {
  const { body } = await app.send('GET', `${COLLECTION}?$select=id`);
  return (body as { value: { id: string }[] }).value.map(({ id }) => id);
}

const IN_GROUP = { atomicityGroup: 'g' };

describe('an atomicity group', () => {
  it('is stored as a whole, by one commit, and its answers name it', async () => {
    await run([create('old')]);
    let answers: unknown;
    const commits = await app.database.countCommits(async () => {
      answers = await run([
        create('1', IN_GROUP),
        patch('2', 'old', { devicesCount: 7 }, IN_GROUP),
        { id: '3', method: 'delete', url: `${RELATIVE}/user-1`, ...IN_GROUP },
      ]);
    });

    expect(answers).toMatchObject([
      { id: '1', ...IN_GROUP, status: 201, body: { id: 'user-1' } },
      { id: '2', ...IN_GROUP, status: 200, body: { devicesCount: 7 } },
      { id: '3', ...IN_GROUP, status: 204 },
    ]);
    expect(commits).toBe(1);
    expect(await storedIds()).toEqual(['user-old']);
  });

  it.each<[string, object, number]>([
    ['is found malformed', create('2', { body: {} }), 400],
    ['has an id that is taken', create('2', { body: userStatus({ id: 'user-old' }) }), 409],
    ['changes what is not there', patch('2', 'nobody', {}), 404],
    [
      'names another entity tag',
      patch('2', 'old', {}, { headers: { ...JSON_TYPE, 'If-Match': '"x"' } }),
      412,
    ],
    ['has a path that is nothing', create('2', { url: '/nowhere' }), 404],
    ['names what the group makes', patch('2', '', {}, { url: '$1', dependsOn: ['1'] }), 404],
  ])('is not stored at all where one request %s', async (_name, failing, status) => {
    await run([create('old')]);
    const answers = await run([
      create('1', IN_GROUP),
      { ...failing, ...IN_GROUP },
      patch('3', 'old', { devicesCount: 7 }, IN_GROUP),
      create('4'),
      create('5', { dependsOn: ['g'] }),
      create('6', { dependsOn: ['3'] }),
    ]);
    const undone = { status: 424, body: { error: { code: 'FailedDependency' } } };

    expect(answers).toMatchObject([
      { id: '1', ...IN_GROUP, ...undone },
      { id: '2', ...IN_GROUP, status, body: { error: {} } },
      { id: '3', ...IN_GROUP, ...undone },
      { id: '4', status: 201 },
      { id: '5', ...undone },
      { id: '6', ...undone },
    ]);
    expect(answers[3]).not.toHaveProperty('atomicityGroup');
    expect(await storedIds()).toEqual(['user-4', 'user-old']);
    expect(await app.send('GET', `${COLLECTION}/user-old`)).toMatchObject({
      body: { devicesCount: userStatus().devicesCount },
    });
  });

  it('waits as a whole for what one of it depends on, and fails with it', async () => {
    const good = await run([
      create('1', { ...IN_GROUP, dependsOn: ['0'] }),
      create('2', IN_GROUP),
      read('3', { dependsOn: ['G'] }),
      create('0'),
    ]);
    const bad = await run([
      create('a', { body: {} }),
      create('b', IN_GROUP),
      create('c', { ...IN_GROUP, dependsOn: ['a'] }),
    ]);

    expect(good).toMatchObject([{ status: 201 }, { status: 201 }, { body: '3' }, { status: 201 }]);
    expect(bad).toMatchObject([{ status: 400 }, { status: 424 }, { status: 424 }]);
    expect(await storedIds()).toEqual(['user-0', 'user-1', 'user-2']);
  });

  it('is written in the order that its requests depend on each other', async () => {
    await run([create('old')]);
    await run([
      patch('1', 'old', { devicesCount: 1 }, { ...IN_GROUP, dependsOn: ['2'] }),
      patch('2', 'old', { devicesCount: 2 }, IN_GROUP),
    ]);

    expect(await app.send('GET', `${COLLECTION}/user-old`)).toMatchObject({
      body: { devicesCount: 1 },
    });
  });

  it('has what it made named by who depends on it, and an integer for a name', async () => {
    const answers = await run([
      create('1', { atomicityGroup: 7 }),
      { id: '2', method: 'GET', url: '$1/status', dependsOn: [7] },
      create('3', { atomicityGroup: null }),
    ]);

    expect(answers).toMatchObject([
      { id: '1', atomicityGroup: '7', status: 201 },
      { id: '2', status: 200 },
      { id: '3', status: 201 },
    ]);
  });

  it('stands beside others, and one of them that fails takes none with it', async () => {
    const answers = await run([
      create('1', { atomicityGroup: 'a' }),
      create('2', { atomicityGroup: 'b' }),
      create('3', { atomicityGroup: 'b', body: {} }),
      create('4', { atomicityGroup: 'c' }),
    ]);

    expect(answers).toMatchObject([
      { status: 201 },
      { status: 424 },
      { status: 400 },
      { status: 201 },
    ]);
    expect(await storedIds()).toEqual(['user-1', 'user-4']);
  });

  it.each<[string, object[], string]>([
    ['apart from one another', [create('1', IN_GROUP), create('2'), create('3', IN_GROUP)], "'g'"],
    [
      'apart from one another, in other letters',
      [create('1', IN_GROUP), create('2'), create('3', { atomicityGroup: 'G' })],
      "'G'",
    ],
    ['of which one reads', [create('1', IN_GROUP), read('2', IN_GROUP)], "'GET'"],
    ['by the name of a request', [create('1', { atomicityGroup: 'X' }), create('x')], "'X'"],
    ['without a name', [create('1', { atomicityGroup: '' })], "'atomicityGroup'"],
    ['with a list for a name', [create('1', { atomicityGroup: ['g'] })], "'atomicityGroup'"],
    ['that waits for itself', [create('1', { ...IN_GROUP, dependsOn: ['g'] })], "'1'"],
    [
      'whose requests wait for one another',
      [
        create('1', { ...IN_GROUP, dependsOn: ['2'] }),
        create('2', { ...IN_GROUP, dependsOn: ['1'] }),
      ],
      "'1', '2'",
    ],
    [
      'that waits for who waits for it',
      [
        create('1', IN_GROUP),
        create('2', { ...IN_GROUP, dependsOn: ['3'] }),
        read('3', { dependsOn: ['1'] }),
      ],
      "'1', '2', '3'",
    ],
  ])('makes the whole batch be refused: requests %s', async (_name, requests, message) => {
    expect(await send(requests)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining(message) } },
    });
    expect(await storedIds()).toEqual([]);
  });
});

describe('the most requests of a batch', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => create(String(i)));

  function toMultipart(count: number, isChangeSet = false): string {
    const type = 'Content-Type: application/http';
    const parts = many(count).map(
      ({ body }) =>
        `${type}\r\n\r\nPOST ${RELATIVE.slice(1)} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}`,
    );
    const join = (boundary: string) =>
      `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
    if (!isChangeSet) return join('b');
    return `--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n${join('c')}\r\n--b--\r\n`;
  }

  const MULTIPART = { 'content-type': 'multipart/mixed; boundary=b' };

  it.each<[string, (target: TestApp, count: number) => Promise<Answer>, number]>([
    ['in JSON', (target, count) => send(many(count), target), 20],
    [
      'in multipart/mixed',
      (target, count) => target.send('POST', '/$batch', toMultipart(count), MULTIPART),
      100,
    ],
    [
      'in a change set',
      (target, count) => target.send('POST', '/$batch', toMultipart(count, true), MULTIPART),
      100,
    ],
  ])('are so many %s, and BATCH_MAX_REQUESTS sets another number', async (_name, post, most) => {
    const own = await startTestApp({ BATCH_MAX_REQUESTS: '3' });
    const taken = [await post(app, most), await post(own, 3)];
    const refused = [await post(app, most + 1), await post(own, 4)];
    await own.close();

    expect(taken).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(refused).toMatchObject(
      [most, 3].map((limit) => ({
        status: 400,
        body: {
          error: {
            message: expect.stringMatching(
              new RegExp(`1 to ${String(limit)} requests .*BATCH_MAX_REQUESTS`),
            ),
          },
        },
      })),
    );
    expect(await storedIds()).toHaveLength(Math.min(most, 100));
  });
});

import { setTimeout } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { Answer } from '../support/client.js';
import { createSigningKey, TestIssuer } from '../support/issuer.js';
import { runProgram } from '../support/run-program.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { startTlsApp } from '../support/tls-app.js';
import {
  COLLECTION,
  CONFIGURATION,
  PUBLISHED_EXAMPLE,
  userStatus,
} from '../support/user-status.js';

const RELATIVE = COLLECTION.replace('/v1.0/', '');
const JSON_TYPE = { 'Content-Type': 'application/json' };

let app: OwnTestApp;
let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A service with limits of `writes/requests/seconds`. */
async function startLimited(limit: string, env: Record<string, string> = {}): Promise<void> {
  app = await startTestApp({ RATE_LIMIT: limit, ...env });
  ends.unshift(() => app.close());
}

function create(id: string, headers: Record<string, string | null> = {}): Promise<Answer> {
  return app.send('POST', COLLECTION, userStatus({ id }), headers);
}

function list(headers: Record<string, string | null> = {}): Promise<Answer> {
  return app.send('GET', COLLECTION, undefined, headers);
}

/** The statuses of requests, one after the other. */
async function inOrder(...requests: (() => Promise<Answer>)[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const request of requests) statuses.push((await request()).status);
  return statuses;
}

function sendBatch(requests: object[]): Promise<Answer> {
  return app.send('POST', '/v1.0/$batch', { requests });
}

function toItem(id: string, method: string): object {
  const body = userStatus({ id });
  return method === 'POST'
    ? { id, method, url: RELATIVE, headers: JSON_TYPE, body }
    : { id, method, url: `${RELATIVE}/$count` };
}

/** The items' statuses. */
function statusesIn({ body }: Answer): number[] {
  return (body as { responses: { status: number }[] }).responses.map(({ status }) => status);
}

const TOO_MANY = { status: 429, body: { error: { code: 'TooManyRequests' } } };

describe('a caller over its limit', () => {
  it('is refused writes, and told when to come again, and may read on', async () => {
    await startLimited('2/100/60');
    const statuses = await inOrder(
      () => create('a'),
      () => create('b'),
    );
    const refused = await create('c');

    expect(statuses).toEqual([201, 201]);
    expect(refused).toMatchObject(TOO_MANY);
    expect(refused.text).toMatch(/2 writes in 60 seconds.+RATE_LIMIT.+Retry-After/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await list()).text).not.toContain('"c"');
    expect(await inOrder(() => app.send('DELETE', `${COLLECTION}/a`), list)).toEqual([429, 200]);
  });

  it('is refused everything beyond the limit of all requests', async () => {
    await startLimited('2/4/60');
    const statuses = await inOrder(
      list,
      list,
      () => create('a'),
      list,
      list,
      () => create('b'),
    );

    expect(statuses).toEqual([200, 200, 201, 200, 429, 429]);
  });

  it('is served again after Retry-After', async () => {
    await startLimited('1/1/1');
    for (let round = 0; round < 2; round += 1) {
      let answer = await list();
      while (answer.status === 200) answer = await list();
      expect(answer).toMatchObject(TOO_MANY);
      expect(answer.headers.get('retry-after')).toBe('1');
      await setTimeout(1000 * Number(answer.headers.get('retry-after')));
      expect(await list()).toMatchObject({ status: 200 });
    }
  });

  it('is refused before its body is looked at, and after its token', async () => {
    await startLimited('1/100/60');
    await create('a');
    const send = (headers: Record<string, string | null>) =>
      app.send('POST', COLLECTION, '{', headers);

    expect(await send({})).toMatchObject(TOO_MANY);
    expect(await send({ 'content-type': 'text/csv' })).toMatchObject(TOO_MANY);
    expect((await send({ authorization: null })).status).toBe(401);
    expect((await send({ authorization: `Bearer ${app.readToken}` })).status).toBe(403);
  });

  it('takes nothing from what needs no token', async () => {
    await startLimited('1/1/60');
    const paths = ['/health/live', '/health/ready', '/v1.0/', '/v1.0/$metadata', '/openapi.json'];
    const statuses = await inOrder(list, list, ...paths.map((path) => () => app.send('GET', path)));

    expect(statuses).toEqual([200, 429, 200, 200, 200, 200, 200]);
  });

  it('is not there where nothing is set', async () => {
    app = await startTestApp();
    ends.push(() => app.close());
    const answers = await Promise.all(Array.from({ length: 120 }, (_, i) => create(String(i))));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it("has Graph's numbers where they are asked for", async () => {
    await startLimited('graph');
    const answers = await Promise.all(Array.from({ length: 103 }, (_, i) => create(String(i))));
    const refused = answers.filter(({ status }) => status === 429);

    expect(refused).toHaveLength(3);
    expect(refused[0]!.text).toContain('100 writes in 20 seconds');
    expect((await list()).status).toBe(200);
  });
});

describe('who is counted', () => {
  it('is the application, or where the token names none the subject', async () => {
    const issuer = await TestIssuer.start(await createSigningKey('k', 'ES256'));
    ends.push(() => issuer.close());
    await startLimited('1/100/60', issuer.env);
    const statusFor = async (claims: Record<string, unknown>): Promise<number> => {
      const authorization = `Bearer ${await issuer.sign(claims)}`;
      return (await app.send('POST', COLLECTION, userStatus(), { authorization })).status;
    };
    const statuses: number[] = [];
    for (const claims of [
      { azp: 'reporter', sub: 'alex' },
      { azp: 'reporter', sub: 'bianca' },
      { appid: 'reporter', sub: 'cleo' },
      { azp: 'importer', sub: 'alex' },
      { sub: 'alex' },
      { sub: 'alex' },
      { sub: 'reporter' },
      { sub: undefined },
      { sub: undefined },
    ]) {
      statuses.push(await statusFor(claims));
    }

    expect(statuses).toEqual([201, 429, 429, 201, 201, 429, 201, 201, 429]);
  });
});

describe('a batch', () => {
  it('is judged item by item, as single calls are', async () => {
    await startLimited('2/100/60');
    const answer = await sendBatch(['a', 'b', 'c'].map((id) => toItem(id, 'POST')));
    const { responses } = answer.body as { responses: { headers: Record<string, string> }[] };

    expect(statusesIn(answer)).toEqual([201, 201, 429]);
    expect(responses[2]).toMatchObject(TOO_MANY);
    expect(Number(responses[2]!.headers['Retry-After'])).toBeGreaterThanOrEqual(1);
    expect((await create('d')).status).toBe(429);
  });

  it('counts by its items, and not itself', async () => {
    await startLimited('100/5/60');
    const first = await sendBatch(['a', 'b', 'c'].map((id) => toItem(id, 'GET')));
    const second = await sendBatch(['a', 'b', 'c'].map((id) => toItem(id, 'GET')));
    const third = await sendBatch([toItem('a', 'GET')]);

    expect(statusesIn(first)).toEqual([200, 200, 200]);
    expect(statusesIn(second)).toEqual([200, 200, 429]);
    // Nothing is left for any item: its body is not read.
    expect(third).toMatchObject(TOO_MANY);
  });

  it('counts where it is refused as a whole', async () => {
    await startLimited('100/4/60');
    const malformed = [
      () => sendBatch([]),
      () => app.send('POST', '/$batch', '{'),
      () => app.send('POST', '/$batch', 'x', { 'content-type': 'multipart/mixed' }),
      () => app.send('POST', '/$batch', 'x', { 'content-type': 'text/csv' }),
    ];

    expect(await inOrder(...malformed, list)).toEqual([400, 400, 400, 415, 429]);
  });

  it('in which a change set is over the limit stores nothing of it', async () => {
    await startLimited('2/100/60');
    const part = (id: string): string =>
      `--set\r\nContent-Type: application/http\r\n\r\nPOST ${RELATIVE} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(userStatus({ id }))}\r\n`;
    const body = `--b\r\nContent-Type: multipart/mixed; boundary=set\r\n\r\n${['a', 'b', 'c'].map(part).join('')}--set--\r\n--b--\r\n`;
    const answer = await app.send('POST', '/v1.0/$batch', body, {
      'content-type': 'multipart/mixed; boundary=b',
    });

    expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 429']);
    expect(answer.text).toMatch(/Retry-After: \d+/);
    expect((await list()).body).toMatchObject({ value: [] });
    expect((await create('d')).status).toBe(429);
  });
});

describe('a real client', () => {
  it('of Graph waits as it is told to, and gets through', async () => {
    const tls = await startTlsApp({ RATE_LIMIT: '2/100/2' });
    ends.push(() => tls.close());
    const { ids } = await runProgram('graph-throttled', {
      ...tls.env,
      COLLECTION: `/deviceManagement/deviceConfigurations/${CONFIGURATION}/userStatuses`,
      EXAMPLE: JSON.stringify(PUBLISHED_EXAMPLE),
    });

    expect(ids).toEqual(['0', '1', '2', '3', '4']);
    expect(await tls.app.takeLog()).toContain('"status":429');
  });

  it('of Kiota waits as it is told to, and gets through', async () => {
    await startLimited('2/100/2');
    const { ids } = await runProgram('kiota-throttled', {
      BASE_URL: app.url,
      TOKEN: app.token,
      CONFIGURATION_ID: CONFIGURATION,
    });

    expect(ids).toEqual(['0', '1', '2', '3', '4']);
    expect(await app.takeLog()).toContain('"status":429');
  });
});

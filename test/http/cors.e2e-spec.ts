/** What pages of other origins may read (Fetch standard, "CORS protocol"). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Answer } from '../support/client.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { readRaw, sendRaw } from '../support/raw-socket.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const PORTAL = 'https://portal.example';
const ELSEWHERE = 'https://elsewhere.example';

const EXPOSED =
  'ETag, Location, OData-Version, OData-EntityId, Preference-Applied, Retry-After, ' +
  'request-id, client-request-id';

const PREFLIGHT = {
  origin: PORTAL,
  authorization: null,
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization,if-match',
};

/** One of each way by which the service answers. */
const ANSWERS: readonly [string, string, unknown, Record<string, string | null>, number][] = [
  ['GET', COLLECTION, undefined, {}, 200],
  ['HEAD', COLLECTION, undefined, {}, 200],
  ['POST', COLLECTION, userStatus({ id: 'ALEX' }), {}, 201],
  ['DELETE', `${COLLECTION}/ALEX`, undefined, {}, 204],
  ['GET', '/v1.0/$metadata', undefined, { authorization: null }, 200],
  ['GET', '/openapi.json', undefined, { authorization: null }, 200],
  ['GET', '/health/live', undefined, { authorization: null }, 200],
  ['POST', '/v1.0/$batch', { requests: [{ id: '1', method: 'GET', url: '/x' }] }, {}, 200],
  ['POST', COLLECTION, '{', {}, 400],
  ['GET', '/x/%E0%A4%A', undefined, {}, 400],
  ['GET', '/docs/%', undefined, {}, 400],
  ['GET', `/docs/${'x'.repeat(2000)}`, undefined, {}, 414],
  ['GET', COLLECTION, undefined, { authorization: null }, 401],
  ['GET', '/nothing', undefined, {}, 404],
  ['PROPFIND', COLLECTION, undefined, {}, 405],
  ['POST', COLLECTION, { x: 'x'.repeat(70_000) }, {}, 413],
  ['GET', `/${'x'.repeat(17_000)}`, undefined, {}, 414],
  ['POST', COLLECTION, '<x/>', { 'content-type': 'text/xml' }, 415],
];

/** What is answered before there is a request, or in the middle of one. */
const RAW_ANSWERS: readonly [string, number, string][] = [
  ['a malformed header', 400, 'GET / HTTP/1.1\r\nOrigin: @\r\nx y: z\r\n\r\n'],
  [
    'headers that are too long',
    431,
    `GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: @\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`,
  ],
  [
    'a malformed body',
    400,
    `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nOrigin: @\r\nAuthorization: Bearer #\r\n` +
      'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n',
  ],
];

async function sendFrom(origin: string, { url, token }: TestApp, bytes: string) {
  return readRaw(await sendRaw(url, bytes.replace('@', origin).replace('#', token)));
}

function corsOf({ headers }: Pick<Answer, 'headers'>): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) => name === 'vary' || name.startsWith('access-control-')),
  );
}

function corsLinesOf(head: string): string[] {
  return head.split('\r\n').filter((line) => /^(?:vary|access-control-)/.test(line));
}

describe('a service that names no origins', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await borrowTestApp();
  });

  it.each(ANSWERS.filter(([method]) => method === 'GET'))(
    'says nothing of them: %s %.40s',
    async (method, path, body, headers, status) => {
      const answer = await app.send(method, path, body, { ...headers, origin: PORTAL });

      expect([answer.status, corsOf(answer)]).toEqual([status, {}]);
    },
  );

  it.each([
    [COLLECTION, 405],
    ['/nothing', 404],
    ['/docs', 405],
  ])('knows no preflight: OPTIONS %s', async (path, status) => {
    const answer = await app.send('OPTIONS', path, undefined, PREFLIGHT);

    expect([answer.status, corsOf(answer)]).toEqual([status, {}]);
  });
});

describe.each([
  [`${PORTAL}, http://localhost:8080`, PORTAL],
  ['*', '*'],
])('a service with CORS_ORIGINS=%s', (origins, allowed) => {
  const granted = {
    vary: 'Origin',
    'access-control-allow-origin': allowed,
    'access-control-expose-headers': EXPOSED,
  };
  let app: NestApp;

  beforeAll(async () => {
    app = await startNestApp({ CORS_ORIGINS: origins, RATE_LIMIT: '1000/1000/20' });
  });

  afterAll(async () => {
    await app.close();
  });

  it.each(ANSWERS)('lets a page read the answer of %s %.40s', async (...row) => {
    const [method, path, body, headers, status] = row;
    const answer = await app.send(method, path, body, { ...headers, origin: PORTAL });

    expect([answer.status, corsOf(answer)]).toEqual([status, granted]);
  });

  it.each(RAW_ANSWERS)('lets a page read what is said of %s', async (_what, status, bytes) => {
    const answer = await sendFrom(PORTAL, app, bytes);

    expect([answer.status, corsLinesOf(answer.head)]).toEqual([
      status,
      Object.entries(granted).map(([name, value]) => `${name}: ${value}`.toLowerCase()),
    ]);
  });

  it.each([COLLECTION, `${COLLECTION}('a')`, '/v1.0/$batch', '/nothing', '/x/%E0%A4%A', '/docs'])(
    'answers a preflight without a token: %s',
    async (path) => {
      const answer = await app.send('OPTIONS', path, undefined, PREFLIGHT);

      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(corsOf(answer)).toEqual({
        ...granted,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'Authorization, *',
        'access-control-max-age': '7200',
      });
      expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it.each([
    ['for another host', 'Host: rebound.example'],
    ['with a body that has no clear end', 'Host: localhost\r\nTransfer-Encoding: '],
  ])('judges a preflight as HTTP: %s', async (_what, headers) => {
    const response = await sendRaw(
      app.url,
      `OPTIONS ${COLLECTION} HTTP/1.1\r\n${headers}\r\nOrigin: ${PORTAL}\r\n` +
        'Access-Control-Request-Method: GET\r\nConnection: close\r\n\r\n',
    );

    expect(readRaw(response)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest' } },
    });
  });

  it.each([
    ['of no method', { ...PREFLIGHT, 'access-control-request-method': null }],
    ['of no origin', { ...PREFLIGHT, origin: null }],
  ])('takes no other OPTIONS for a preflight: %s', async (_what, headers) => {
    const [resource, nothing] = await Promise.all([
      app.send('OPTIONS', COLLECTION, undefined, headers as Record<string, string | null>),
      app.send('OPTIONS', '/nothing', undefined, headers as Record<string, string | null>),
    ]);

    expect([resource.status, nothing.status]).toEqual([405, 404]);
    expect(resource.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(resource.body).toMatchObject({ error: { code: 'MethodNotAllowed' } });
  });
});

describe('a page of an origin that is not named', () => {
  let app: NestApp;

  beforeAll(async () => {
    app = await startNestApp({ CORS_ORIGINS: PORTAL });
  });

  afterAll(async () => {
    await app.close();
  });

  it.each([
    ELSEWHERE,
    'null',
    `${PORTAL}:8443`,
    `${PORTAL}.elsewhere.example`,
    'http://portal.example',
  ])('may read nothing: %s', async (origin) => {
    const answer = await app.send('GET', '/v1.0/$metadata', undefined, { origin });

    expect([answer.status, corsOf(answer)]).toEqual([200, { vary: 'Origin' }]);
  });

  it.each(RAW_ANSWERS)('may not read what is said of %s', async (_what, status, bytes) => {
    const answer = await sendFrom(ELSEWHERE, app, bytes);

    expect([answer.status, corsLinesOf(answer.head)]).toEqual([status, ['vary: origin']]);
  });

  it('may send nothing that needs a preflight', async () => {
    const answer = await app.send('OPTIONS', COLLECTION, undefined, {
      ...PREFLIGHT,
      origin: ELSEWHERE,
    });

    expect([answer.status, corsOf(answer)]).toEqual([405, { vary: 'Origin' }]);
  });
});

describe('a service that is at its limits', () => {
  it('ends the connections of preflights where there are many', async () => {
    const app = await startNestApp({ CORS_ORIGINS: '*', MAX_CONNECTIONS: '1' });
    const answer = await app.send('OPTIONS', COLLECTION, undefined, PREFLIGHT);
    await app.close();

    expect([answer.status, answer.headers.get('connection')]).toEqual([204, 'close']);
  });

  it('says of what is also chosen by Accept that it depends on both', async () => {
    const app = await startNestApp({ CORS_ORIGINS: PORTAL });
    const answer = await app.send('GET', '/', undefined, { origin: PORTAL });
    await app.close();

    expect(answer.headers.get('vary')).toBe('Origin, Accept');
  });

  it('answers preflights of a caller that is over its rate, and lets it read so', async () => {
    const app = await startNestApp({ CORS_ORIGINS: PORTAL, RATE_LIMIT: '1/1/600' });
    const statuses: number[] = [];
    for (const method of ['OPTIONS', 'GET', 'OPTIONS', 'GET']) {
      const headers = method === 'GET' ? { origin: PORTAL } : PREFLIGHT;
      statuses.push((await app.send(method, COLLECTION, undefined, headers)).status);
    }
    const refused = await app.send('GET', COLLECTION, undefined, { origin: PORTAL });
    await app.close();

    expect(statuses).toEqual([204, 200, 204, 429]);
    expect(corsOf(refused)['access-control-expose-headers']).toContain('Retry-After');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readAnswer, type Answer } from '../support/client.js';
import { pause } from '../support/faults.js';
import { readRaw, sendRaw } from '../support/raw-socket.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: OwnTestApp;

beforeAll(async () => {
  app = await startTestApp({ REQUEST_TIMEOUT_SECONDS: '1' });
});

afterAll(async () => {
  await app.close();
});

const ENVELOPE = {
  error: {
    code: expect.stringMatching(/^[A-Z]\w+$/),
    message: expect.stringMatching(/^[A-Z'].+\.$/s),
    innerError: {
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      'request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'client-request-id': expect.stringMatching(/./),
    },
  },
};

describe('the envelope', () => {
  const cases: [number, string, () => Promise<Answer>][] = [
    [400, 'BadRequest', () => app.send('POST', COLLECTION, '{')],
    [400, 'BadRequest', () => app.send('POST', COLLECTION)],
    [400, 'BadRequest', () => app.send('GET', '/x/%E0%A4%A')],
    [400, 'ModelValidationFailure', () => app.send('POST', COLLECTION, {})],
    [
      401,
      'InvalidAuthenticationToken',
      () => app.send('POST', COLLECTION, {}, { authorization: null }),
    ],
    [
      403,
      'Forbidden',
      () => app.send('POST', COLLECTION, {}, { authorization: `Bearer ${app.readToken}` }),
    ],
    [404, 'ResourceNotFound', () => app.send('GET', '/nothing')],
    [404, 'ResourceNotFound', () => app.send('POST', '/v1.0/nothing', '{')],
    [404, 'ResourceNotFound', () => app.send('GET', `${COLLECTION}/nobody`)],
    [404, 'ResourceNotFound', () => app.send('OPTIONS', '/nothing')],
    [405, 'MethodNotAllowed', () => app.send('PUT', COLLECTION, '{')],
    [406, 'NotAcceptable', () => app.send('POST', COLLECTION, {}, { accept: 'application/xml' })],
    [
      409,
      'Conflict',
      async () => {
        await app.send('POST', COLLECTION, userStatus({ id: 'taken' }));
        return app.send('POST', COLLECTION, userStatus({ id: 'taken' }));
      },
    ],
    [
      412,
      'PreconditionFailed',
      () => app.send('POST', COLLECTION, userStatus(), { 'odata-isolation': 'snapshot' }),
    ],
    [
      412,
      'PreconditionFailed',
      () => app.send('GET', `${COLLECTION}/x`, undefined, { isolation: 'snapshot' }),
    ],
    [
      412,
      'PreconditionFailed',
      () => app.send('POST', COLLECTION, userStatus(), { 'if-match': 'W/"x"' }),
    ],
    ...['', '/$count', '/../userStatusOverview'].map((path): (typeof cases)[number] => [
      412,
      'PreconditionFailed',
      () => app.send('GET', COLLECTION + path, undefined, { 'if-match': 'W/"x"' }),
    ]),
    [
      413,
      'RequestEntityTooLarge',
      () => app.send('POST', COLLECTION, userStatus({ '@a': 'x'.repeat(70_000) })),
    ],
    [
      413,
      'RequestEntityTooLarge',
      () => {
        // In chunks, without a Content-Length.
        const body = new ReadableStream({
          start(c) {
            c.enqueue(Buffer.alloc(70_000, ' '));
            c.close();
          },
        });
        const headers = {
          authorization: `Bearer ${app.token}`,
          'content-type': 'application/json',
        };
        const url = app.url + COLLECTION;
        return fetch(url, { method: 'POST', headers, body, duplex: 'half' }).then(readAnswer);
      },
    ],
    [414, 'UriTooLong', () => app.send('GET', `/${'x'.repeat(17_000)}`)],
    [
      415,
      'UnsupportedMediaType',
      () =>
        app.send('POST', COLLECTION, 'a=b', {
          'content-type': 'application/x-www-form-urlencoded',
        }),
    ],
    [
      415,
      'UnsupportedMediaType',
      () => app.send('POST', COLLECTION, '{}', { 'content-type': 'text/json' }),
    ],
    [
      415,
      'UnsupportedMediaType',
      () => app.send('POST', COLLECTION, '{}', { 'content-type': 'json' }),
    ],
    [
      415,
      'UnsupportedMediaType',
      () => app.send('POST', COLLECTION, userStatus(), { 'content-encoding': 'br' }),
    ],
    [
      431,
      'RequestHeaderFieldsTooLarge',
      () => app.send('GET', '/', undefined, { 'x-large': 'x'.repeat(40_000) }),
    ],
  ];

  it.each(cases)('has the status %i and the code %s', async (status, code, request) => {
    const answer = await request();

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(ENVELOPE);
    expect(answer.body).toMatchObject({ error: { code } });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('odata-version')).toBe('4.0');
    expect(answer.body).toMatchObject({
      error: { innerError: { 'request-id': answer.headers.get('request-id') } },
    });
  });

  it.each([
    ['of a body that is no JSON', '\u{1F642}'],
    ['of a name that is cut', userStatus({ [`x${'\u{1F642}'.repeat(200)}`]: 1 })],
    ['of a name that is no text', '{"\\ud800":1,"\\ud800":1}'],
    ['of a property that is no text', '{"\\ud800":1}'],
  ])('is well-formed text where it tells %s', async (_name, body) => {
    const answer = await app.send('POST', COLLECTION, body);

    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/\\ud[89a-f]/i);
  });

  it('is for a body without a Content-Type, too', async () => {
    const { host } = new URL(app.url);
    const response = await sendRaw(
      app.url,
      `POST ${COLLECTION} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${app.token}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    );

    expect(readRaw(response)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining('Content-Type') } },
    });
  });
});

describe('a method that is not allowed', () => {
  it.each([
    ['PUT', '', 'GET, HEAD, POST'],
    ['DELETE', '', 'GET, HEAD, POST'],
    ['POST', '/$count', 'GET, HEAD'],
    ['POST', "('x')", 'GET, HEAD, PUT, PATCH, DELETE'],
    ['OPTIONS', '/x', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['PROPFIND', '/x', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['PATCH', '/x/status', 'GET, HEAD'],
    ['DELETE', '/x/status/$value', 'GET, HEAD'],
  ])('is answered with what is: %s on userStatuses%s', async (method, key, allow) => {
    const answer = await app.send(method, COLLECTION + key);

    expect(answer).toMatchObject({ status: 405, body: { error: { code: 'MethodNotAllowed' } } });
    expect(answer.headers.get('allow')).toBe(allow);
  });
});

describe('bytes that are no request', () => {
  const get = (line: string, headers = 'Host: localhost'): string =>
    `${line}\r\n${headers}\r\nConnection: close\r\n\r\n`;

  it.each<[string, number, string, string | string[]]>([
    [
      'two Host fields',
      400,
      'BadRequest',
      get('GET / HTTP/1.1', 'Host: localhost\r\nHost: localhost'),
    ],
    ['no Host field', 400, 'BadRequest', get('GET / HTTP/1.1', 'X: y')],
    ['a malformed Host field', 400, 'BadRequest', get('GET / HTTP/1.1', 'Host: localhost/b@c')],
    [
      'an empty label in the Host field',
      400,
      'BadRequest',
      get('GET / HTTP/1.1', 'Host: a..localhost'),
    ],
    ['a port beyond 65535', 400, 'BadRequest', get('GET / HTTP/1.1', 'Host: localhost:65536')],
    [
      'a Host of 256 characters',
      400,
      'BadRequest',
      get('GET / HTTP/1.1', `Host: ${'x'.repeat(256)}`),
    ],
    ['an empty Host field', 400, 'BadRequest', get('GET / HTTP/1.1', 'Host:')],
    ['HTTP/1.2 in the request line', 400, 'BadRequest', get('GET / HTTP/1.2')],
    ['HTTP/2.0 in the request line', 400, 'BadRequest', get('GET / HTTP/2.0')],
    ['HTTP/0.9', 400, 'BadRequest', 'GET /\r\n\r\n'],
    ['an unknown method', 400, 'BadRequest', get('FETCH / HTTP/1.1')],
    ['CONNECT', 405, 'MethodNotAllowed', get('CONNECT x:1 HTTP/1.1')],
    ['a TLS handshake', 400, 'BadRequest', '\x16\x03\x01\x02\x00\x01\x00'],
    ['a space in the URL', 400, 'BadRequest', get('GET /a b HTTP/1.1')],
    [
      'a header without a colon',
      400,
      'BadRequest',
      get('GET / HTTP/1.1', 'Host: localhost\r\nnonsense'),
    ],
    [
      'two lengths',
      400,
      'BadRequest',
      get('POST / HTTP/1.1', 'Host: localhost\r\nContent-Length: 1\r\nContent-Length: 2'),
    ],
    [
      'a length and chunks',
      400,
      'BadRequest',
      get('POST / HTTP/1.1', 'Host: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked'),
    ],
    [
      'a URL of 40 KiB',
      431,
      'RequestHeaderFieldsTooLarge',
      get(`GET /${'x'.repeat(40_000)} HTTP/1.1`),
    ],
    ['a URL that is not percent-encoded', 400, 'BadRequest', get('GET /é HTTP/1.1')],
    [
      'a second Host field behind 3,000 others',
      400,
      'BadRequest',
      get('GET / HTTP/1.1', `Host: localhost\r\n${'x: y\r\n'.repeat(3000)}Host: localhost`),
    ],
    [
      'chunks that are compressed',
      415,
      'UnsupportedMediaType',
      `${get('GET /health/live HTTP/1.1', 'Host: localhost\r\nTransfer-Encoding: gzip, chunked')}0\r\n\r\n`,
    ],
    ['headers that do not end', 408, 'RequestTimeout', 'GET / HTTP/1.1\r\nHost: localhost\r\n'],
  ])('are answered with the envelope: %s', async (_what, status, code, bytes) => {
    const answer = readRaw(await sendRaw(app.url, bytes));

    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(answer.body).toMatchObject(ENVELOPE);
    expect(answer.head).toContain('content-type: application/json');
    expect(answer.head).toContain('request-id: ');
    expect(answer.head).toContain('connection: close');
  });

  it('behind a good request do not change its answer', async () => {
    const body = JSON.stringify(userStatus());
    const good = `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
    const responses = await sendRaw(app.url, `${good.repeat(5)}NONSENSE\r\n\r\n`);

    expect(responses.match(/HTTP\/1\.1 \d+/g)).toEqual([
      ...Array<string>(5).fill('HTTP/1.1 201'),
      'HTTP/1.1 400',
    ]);
  });

  it('are not answered where the request was refused before all of it arrived', async () => {
    const head = `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const late = await sendRaw(app.url, `${head}Content-Length: 100\r\n\r\n{`);
    const malformed = await sendRaw(app.url, [
      `${head}Transfer-Encoding: chunked\r\n\r\n`,
      'nonsense\r\n',
    ]);

    expect(late.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
    expect(malformed.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
  });

  it('are answered when a body does not end', async () => {
    const head = `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const answer = readRaw(await sendRaw(app.url, head));

    expect(answer).toMatchObject({ status: 408, body: { error: { code: 'RequestTimeout' } } });
  });

  it('may have an expectation, a URL in absolute form, or HTTP/1.0', async () => {
    const expectation = readRaw(
      await sendRaw(
        app.url,
        get('GET /health/live HTTP/1.1', 'Host: localhost:\r\nExpect: miracles'),
      ),
    );
    const absolute = readRaw(
      await sendRaw(app.url, get('GET http://y:1/health/live HTTP/1.1', 'Host: y:1')),
    );
    const old = readRaw(await sendRaw(app.url, get('GET /health/live HTTP/1.0', 'X: y')));

    expect([expectation.status, absolute.status, old.status]).toEqual([200, 200, 200]);
  });
});

describe('the ids of a request', () => {
  it.each([
    ['a GUID', 'd93b1b3e-1b3e-d93b-3e1b-3bd93e1b3bd9', true],
    ['what a real client sends', '000000-0-00-not a uuid', true],
    ['128 characters', 'x'.repeat(128), true],
    ['129 characters', 'x'.repeat(129), false],
    ['characters beyond ASCII', 'é', false],
    ['the empty string', '', false],
  ])('echo %s, or stand in for it', async (_what, sent, isEchoed) => {
    for (const path of ['/health/live', '/nothing']) {
      const { headers, body } = await app.send('GET', path, undefined, {
        'client-request-id': sent,
      });
      const own = headers.get('request-id');

      expect(headers.get('client-request-id')).toBe(isEchoed ? sent : own);
      if (path === '/nothing') {
        expect(body).toMatchObject({
          error: { innerError: { 'client-request-id': isEchoed ? sent : own } },
        });
      }
    }
  });

  it('differ from request to request, whatever the caller sends', async () => {
    const answers = await Promise.all(
      ['a', 'b'].map(() => app.send('GET', '/health/live', undefined, { 'request-id': 'mine' })),
    );
    const ids = answers.map(({ headers }) => headers.get('request-id'));

    expect(new Set([...ids, 'mine']).size).toBe(3);
  });
});

describe('a fault of ours', () => {
  it('tells nothing of its cause, and the log does', async () => {
    const broken = await startTestApp();
    await broken.send('POST', COLLECTION, userStatus());
    await broken.database.query('ALTER TABLE user_status RENAME COLUMN revision TO other');
    const found = await broken.send('GET', `${COLLECTION}/ALEX-KEY`);
    await broken.database.query('DROP TABLE user_status');
    const ready = await broken.send('GET', '/health/ready');
    const log = await broken.takeLog();
    await broken.close();

    expect(found).toMatchObject({ status: 500, body: { error: { code: 'InternalServerError' } } });
    expect(found.text).not.toMatch(/user_status|SQL|stack|\bat\b/);
    expect(ready).toMatchObject({ status: 503, body: { error: { code: 'ServiceUnavailable' } } });
    expect(ready.headers.get('retry-after')).toBe('1');
    expect(log).toMatch(/no such column|does not exist/);
    expect(log).not.toContain('ALEX-KEY');
    expect(log).toContain(found.headers.get('request-id'));
  });

  it('is 503 while another process keeps the database locked, and nothing is stored', async () => {
    const locked = await startTestApp();
    const unlock = await locked.database.lockWrites();
    const waiting = locked.send('POST', COLLECTION, userStatus({ id: 'ALEX' }));
    // Whoever reads, or asks whether the service lives, does not wait meanwhile.
    const first = await Promise.race([waiting, locked.send('GET', '/health/live')]);
    expect(first.status).toBe(200);
    const refused = await waiting;
    await unlock();
    const absent = await locked.send('GET', `${COLLECTION}/ALEX`);
    const accepted = await locked.send('POST', COLLECTION, userStatus({ id: 'ALEX' }));
    await locked.close();

    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'ServiceUnavailable' } } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect([absent.status, accepted.status]).toEqual([404, 201]);
  });

  it('is none while another process writes for a moment', async () => {
    const locked = await startTestApp();
    const unlock = await locked.database.lockWrites();
    const waiting = locked.send('POST', COLLECTION, userStatus());
    await pause(300);
    await unlock();
    const { status } = await waiting;
    await locked.close();

    expect(status).toBe(201);
  });
});

describe('the log', () => {
  it('has one line for each request, and nothing that a request carried', async () => {
    const quiet = await startTestApp({ LOG_LEVEL: 'info' });
    await quiet.takeLog();
    const created = await quiet.send(
      'POST',
      `${COLLECTION}?secret=1`,
      userStatus({ id: 'ALEX-KEY' }),
    );
    await quiet.send('GET', '/nothing/secret');
    const log = await quiet.takeLog();
    await quiet.close();
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

    expect(lines).toEqual([
      {
        level: 30,
        time: expect.stringMatching(/Z$/),
        requestId: created.headers.get('request-id'),
        clientRequestId: created.headers.get('client-request-id'),
        method: 'POST',
        route:
          '/deviceManagement/deviceConfigurations/:deviceConfigurationId/rootCertificate/userStatuses',
        status: 201,
        durationMs: expect.any(Number),
        subject: 'test',
        address: '127.0.0.1',
        msg: 'request',
      },
      expect.objectContaining({ method: 'GET', status: 404 }),
    ]);
    expect(log).not.toMatch(/secret|ALEX-KEY|User Display|Bearer/);
  });
});

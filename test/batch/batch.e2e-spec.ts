import { beforeEach, describe, expect, it } from '@jest/globals';

import { pageOf, seed, type PageBody } from '../support/seed.js';
import type { Answer } from '../support/client.js';
import { borrowTestApp, startTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const RELATIVE = COLLECTION.replace('/v1.0', '');
const JSON_TYPE = { 'Content-Type': 'application/json' };

interface ItemAnswer {
  id: string;
  status: number;
  headers: Record<string, string>;
  body?: unknown;
}

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

function send(requests: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return app.send('POST', '/v1.0/$batch', { requests }, headers);
}

/** The answers of a batch that was taken as a whole. */
async function run(requests: unknown, headers: Record<string, string> = {}): Promise<ItemAnswer[]> {
  const answer = await send(requests, headers);
  expect(answer).toMatchObject({ status: 200 });
  return (answer.body as { responses: ItemAnswer[] }).responses;
}

function create(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const body = userStatus({ id: `user-${id}` });
  return { id, method: 'POST', url: RELATIVE, headers: JSON_TYPE, body, ...more };
}

function read(id: string, url: string, more: Record<string, unknown> = {}) {
  return { id, method: 'GET', url, ...more };
}

async function storedIds(): Promise<string[]> {
  const { body } = await app.send('GET', `${COLLECTION}?$select=id`);
  return (body as { value: { id: string }[] }).value.map(({ id }) => id);
}

const WHOLE = read('1', RELATIVE);

describe('a batch that is none', () => {
  it.each<[string, unknown, string]>([
    ['an array', [], 'JSON object'],
    ['a string', '"x"', 'JSON object'],
    ['no requests', {}, "'requests'"],
    ['requests that are no array', { requests: {} }, "'requests'"],
    ['an empty array', { requests: [] }, '1 to 20'],
    ['another member', { requests: [WHOLE], more: 1 }, "'more'"],
    ['a request that is no object', { requests: [1] }, 'JSON object'],
    ['a request that is null', { requests: [null] }, 'JSON object'],
    ['no id', { requests: [{ ...WHOLE, id: undefined }] }, "'id'"],
    ['an empty id', { requests: [{ ...WHOLE, id: '' }] }, "'id'"],
    ['no method', { requests: [{ ...WHOLE, method: undefined }] }, "'method'"],
    ['no url', { requests: [{ ...WHOLE, url: undefined }] }, "'url'"],
    ['an empty url', { requests: [{ ...WHOLE, url: '' }] }, "'url'"],
    ['headers that are an array', { requests: [{ ...WHOLE, headers: [] }] }, "'headers'"],
    ['a header that is no string', { requests: [{ ...WHOLE, headers: { a: 1 } }] }, "'headers'"],
    ['a header twice', { requests: [{ ...WHOLE, headers: { a: '', A: '' } }] }, "'A' twice"],
    ['a header of two lines', { requests: [{ ...WHOLE, headers: { a: 'b\r\nc: d' } }] }, "'a'"],
    [
      'headers of more than 32 KiB',
      { requests: [{ ...WHOLE, headers: { a: 'x'.repeat(16_000), b: 'ä'.repeat(8400) } }] },
      '32768 bytes',
    ],
    ['another member of a request', { requests: [{ ...WHOLE, verb: 'GET' }] }, "'verb'"],
    ['dependsOn that is no array', { requests: [{ ...WHOLE, dependsOn: '1' }] }, "'dependsOn'"],
    ['an id that nobody has', { requests: [{ ...WHOLE, dependsOn: ['2'] }] }, "'2'"],
    ['itself in dependsOn, as a number', { requests: [{ ...WHOLE, dependsOn: [1] }] }, "'1'"],
    ['a request that waits for itself', { requests: [{ ...WHOLE, dependsOn: ['1'] }] }, "'1'"],
    [
      'requests that wait for one another',
      {
        requests: [
          read('0', RELATIVE),
          read('1', RELATIVE, { dependsOn: ['3'] }),
          read('2', RELATIVE, { dependsOn: ['1', '0'] }),
          read('3', RELATIVE, { dependsOn: ['2'] }),
        ],
      },
      "'1', '2', '3'",
    ],
  ])('is refused as a whole: %s', async (_name, body, message) => {
    expect(await app.send('POST', '/v1.0/$batch', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining(message) } },
    });
  });

  it('is refused as a whole in the words of Graph: an id twice, whatever its case', async () => {
    expect(await send([read('a', RELATIVE), read('A', RELATIVE)])).toMatchObject({
      status: 400,
      body: { error: { message: 'Request Id A has to be unique in a batch.' } },
    });
  });

  it('is refused as a whole in the words of Graph: a body without a Content-Type', async () => {
    const message = "Write request with id '1' does not contain a Content-Type header.";

    expect(await send([create('1', { headers: {} })])).toMatchObject({
      status: 400,
      body: { error: { message } },
    });
    expect(await storedIds()).toEqual([]);
  });

  it('is refused as a whole with more than 20 requests, and nothing of it is stored', async () => {
    const requests = Array.from({ length: 21 }, (_, i) => create(String(i)));

    expect(await send(requests)).toMatchObject({ status: 400, body: { error: {} } });
    expect(await storedIds()).toEqual([]);
  });

  it.each([
    ['a query option', '?$top=1', 'application/json', 400],
    ['a body of 1 MiB and a byte', '', 'application/json', 413],
    ['a body that is neither JSON nor multipart', '', 'text/plain', 415],
  ])('is refused with %s', async (name, query, type, status) => {
    const padding = name.includes('MiB') ? ' '.repeat(1_048_576) : '';
    const answer = await app.send('POST', `/v1.0/$batch${query}`, `${padding}{}`, {
      'content-type': type,
    });

    expect(answer.status).toBe(status);
  });

  it.each([
    ['application/xml', 406],
    ['multipart/mixed', 406],
    ['application/json;odata.metadata=minimal', 200],
    ['multipart/mixed, */*;q=0.1', 200],
  ])('is answered in JSON, or not at all, where %s is accepted', async (accept, status) => {
    expect(await send([create('1')], { accept })).toMatchObject({ status });
    expect(await storedIds()).toHaveLength(status === 200 ? 1 : 0);
  });

  it('may be larger than a single body, and none of its bodies may', async () => {
    const padded = (id: string, length: number) =>
      create(id, { body: userStatus({ id, '@note': 'x'.repeat(length) }) });
    const answers = await run([padded('1', 60_000), padded('2', 60_000), padded('3', 66_000)]);

    expect(answers).toMatchObject([
      { status: 201 },
      { status: 201 },
      { status: 413, body: { error: { code: 'RequestEntityTooLarge' } } },
    ]);
  });

  it('may be nested deeper than a single body by what is around its bodies', async () => {
    const nested = (levels: number) =>
      create('1', {
        body: userStatus({ '@a': JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown }),
      });

    expect(await run([nested(31)])).toMatchObject([{ status: 201 }]);
    expect(await send([nested(32)])).toMatchObject({ status: 400 });
  });

  it('is refused from a stranger, and by any other method', async () => {
    expect(await app.send('POST', '/$batch', {}, { authorization: null })).toMatchObject({
      status: 401,
    });
    const answer = await app.send('GET', '/v1.0/$batch');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });
});

describe('a batch', () => {
  it('is answered at once, however long a header in it may be', async () => {
    const headers = { Prefer: `maxpagesize${' '.repeat(32_000)}x` };
    const [answer] = await run([read('1', RELATIVE, { headers })]);

    expect(answer).toMatchObject({ id: '1', status: 200 });
  });

  it('answers each request as a single call is answered, in the order of the requests', async () => {
    const answers = await run([
      create('a'),
      read('b', `${RELATIVE}/user-a`, { dependsOn: ['a'] }),
      create('c', { body: { ...userStatus(), devicesCount: '12' } }),
      read('d', `${RELATIVE}/$count?$filter=devicesCount eq 12`, { dependsOn: ['a'] }),
      read('e', `${RELATIVE}('user-a')/status/$value`, { dependsOn: ['a'] }),
      { ...read('f', `${RELATIVE}/user-a`, { dependsOn: ['b', 'd', 'e'] }), method: 'DELETE' },
    ]);
    const context = `${app.url}/v1.0/$metadata#deviceManagement`;

    expect(answers.map(({ id, status }) => [id, status])).toEqual([
      ['a', 201],
      ['b', 200],
      ['c', 400],
      ['d', 200],
      ['e', 200],
      ['f', 204],
    ]);
    expect(answers[0]).toMatchObject({
      headers: {
        'Content-Type': expect.stringMatching(/^application\/json;odata\.metadata=minimal/),
        Location: expect.stringContaining(`${app.url}/v1.0/deviceManagement/`),
        ETag: expect.stringMatching(/^W\/"/),
        'OData-Version': '4.0',
      },
      body: { '@odata.context': expect.stringContaining(context), id: 'user-a' },
    });
    expect(answers[1]!.body).toEqual(answers[0]!.body);
    expect(answers[2]!.body).toMatchObject({
      error: { code: 'ModelValidationFailure', target: 'devicesCount', innerError: {} },
    });
    expect(answers[3]).toMatchObject({
      headers: { 'Content-Type': 'text/plain;charset=utf-8' },
      body: '1',
    });
    expect(answers[4]).toMatchObject({ body: 'notApplicable' });
    expect(answers[5]).toEqual({ id: 'f', status: 204, headers: { 'OData-Version': '4.0' } });
  });

  it('has what a create has when it stands alone', async () => {
    const [inBatch] = await run([create('1', { body: userStatus({ id: 'x' }) })]);
    const again = await app.send('GET', `${COLLECTION}/x`);

    expect(inBatch!.body).toEqual(again.body);
  });

  it.each([
    ['without a slash', (url: string) => url.slice(1)],
    ['with a slash', (url: string) => url],
    ['with its version', (url: string) => `/v1.0${url}`],
    ['with another version', (url: string) => `beta${url}`],
    ['absolute', (url: string) => `${app.url}/v1.0${url}`],
    ['absolute, in capitals', (url: string) => `${app.url.toUpperCase()}/v1.0${url}`],
  ])('takes a url %s', async (_name, spell) => {
    const [answer] = await run([create('1', { url: spell(RELATIVE) })]);

    expect(answer).toMatchObject({ status: 201 });
    expect(await app.send('GET', answer!.headers.Location!)).toMatchObject({ status: 200 });
  });

  it('takes the path that PUBLIC_URL has in front of a url', async () => {
    const behind = await startTestApp({ PUBLIC_URL: 'https://graph.example/base' });
    const urls = ['https://graph.example/base/v1.0', '/base/v1.0', '/base', ''];
    const { body } = await behind.send('POST', '/v1.0/$batch', {
      requests: urls.map((root, i) => read(String(i), `${root}${RELATIVE}`)),
    });
    await behind.close();

    expect(body).toMatchObject({ responses: urls.map(() => ({ status: 200 })) });
  });

  it.each(['/$batch', '/v1.0/$batch', '/beta/$batch'])('is answered at %s', async (path) => {
    const version = path.slice(0, -'/$batch'.length);
    const answer = await app.send('POST', path, { requests: [read('1', RELATIVE)] });

    expect(answer.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(answer.body).toMatchObject({
      responses: [
        {
          status: 200,
          body: { '@odata.context': expect.stringContaining(`${app.url}${version}/$metadata#`) },
        },
      ],
    });
  });

  it.each<[string, Record<string, unknown>, number, string]>([
    ['a path that is nothing', { url: '/nowhere' }, 404, 'ResourceNotFound'],
    ['another host', { url: 'http://example.com/x' }, 404, 'ResourceNotFound'],
    ['a batch in a batch', { method: 'POST', url: '/$batch' }, 400, 'BadRequest'],
    ['a malformed url', { url: '/%E0%A4%A' }, 400, 'BadRequest'],
    ['half a character', { url: `${RELATIVE}?$filter=id eq '\ud800'` }, 400, 'BadRequest'],
    ['a url without end', { url: `/${'x'.repeat(17_000)}` }, 414, 'UriTooLong'],
    ['a malformed filter', { url: `${RELATIVE}?$filter=x eq 1` }, 400, 'BadRequest'],
    ['a method that there is not', { method: 'PUT' }, 405, 'MethodNotAllowed'],
    ['a method that nobody knows', { method: 'GOT' }, 405, 'MethodNotAllowed'],
    ['XML alone', { headers: { accept: 'application/xml' } }, 406, 'NotAcceptable'],
    ['another version of OData', { headers: { 'odata-maxversion': '3.0' } }, 400, 'BadRequest'],
    [
      'a body that is no JSON',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
      415,
      'UnsupportedMediaType',
    ],
    [
      'a body that is compressed',
      { method: 'POST', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: {} },
      415,
      'UnsupportedMediaType',
    ],
    ['no body', { method: 'POST' }, 400, 'BadRequest'],
    ['a body that is null', { method: 'POST', headers: JSON_TYPE, body: null }, 400, 'BadRequest'],
    [
      'a token that is none',
      { headers: { authorization: 'Bearer x' } },
      401,
      'InvalidAuthenticationToken',
    ],
  ])('refuses a request alone: %s', async (_name, more, status, code) => {
    expect(await run([{ ...WHOLE, ...more }, create('2')])).toMatchObject([
      { id: '1', status, body: { error: { code, innerError: {} } } },
      { id: '2', status: 201 },
    ]);
  });

  it('repeats no more than 256 characters of a method', async () => {
    const [answer] = await run([{ ...WHOLE, method: 'X'.repeat(1000) }]);

    expect(answer).toMatchObject({
      status: 405,
      body: { error: { message: expect.stringContaining(`${'X'.repeat(256)}…`) } },
    });
    expect(JSON.stringify(answer)).not.toContain('X'.repeat(257));
  });

  it('answers HEAD without a body, whether it is refused or not', async () => {
    const head = (id: string, url: string, more = {}) => ({ id, method: 'HEAD', url, ...more });
    const answers = await run([
      head('1', RELATIVE),
      head('2', `${RELATIVE}/nobody`),
      head('3', RELATIVE, { dependsOn: ['2'] }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 404, 424]);
    expect(answers.filter((answer) => 'body' in answer)).toEqual([]);
  });

  it('says with 405 what is allowed', async () => {
    const [answer] = await run([{ ...WHOLE, method: 'DELETE' }]);

    expect(answer).toMatchObject({ status: 405, headers: { Allow: 'GET, HEAD, POST' } });
  });

  it('takes an absolute url without a version for one without a version', async () => {
    const [answer] = await run([read('1', app.url + RELATIVE)]);

    expect(answer).toMatchObject({
      body: { '@odata.context': expect.stringContaining(`${app.url}/$metadata#`) },
    });
  });

  it('judges the permission for each request', async () => {
    const requests = [read('1', RELATIVE), create('2')];

    expect(await run(requests, { authorization: `Bearer ${app.readToken}` })).toMatchObject([
      { status: 200 },
      { status: 403, body: { error: { code: 'Forbidden' } } },
    ]);
    expect(await storedIds()).toEqual([]);
  });

  it('lets a request have a token, conditions and preferences of its own', async () => {
    await run([create('x')]);
    const item = `${RELATIVE}/user-x`;
    const answers = await run(
      [
        create('1', { headers: { ...JSON_TYPE, Authorization: `Bearer ${app.token}` } }),
        {
          id: '2',
          method: 'PATCH',
          url: item,
          headers: { ...JSON_TYPE, 'If-Match': 'W/"0"' },
          body: {},
        },
        read('3', item, { headers: { 'IF-NONE-MATCH': '*' } }),
      ],
      { authorization: `Bearer ${app.readToken}` },
    );
    const [minimal] = await run([
      create('4', { headers: { ...JSON_TYPE, Prefer: 'return=minimal' } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([201, 403, 304]);
    expect(answers[2]).not.toHaveProperty('body');
    expect(minimal).toMatchObject({
      status: 204,
      headers: { 'OData-EntityId': expect.stringMatching(/^http/) },
    });
    expect(minimal).not.toHaveProperty('body');
    expect(minimal!.headers).not.toHaveProperty('Content-Type');
  });

  it('takes the spaces around the value of a header for nothing, as HTTP does', async () => {
    const headers = {
      Authorization: ` Bearer ${app.token}\t`,
      'Content-Encoding': ' identity ',
      'Content-Type': ' application/json ',
    };

    expect(await run([create('1', { headers })])).toMatchObject([{ status: 201 }]);
  });

  it('tells each request the ids of its own', async () => {
    const answers = await run(
      [read('1', '/x', { headers: { 'client-request-id': 'mine' } }), read('2', '/x')],
      { 'client-request-id': 'the batch' },
    );

    expect(answers).toMatchObject([
      { body: { error: { innerError: { 'client-request-id': 'mine' } } } },
      { body: { error: { innerError: { 'client-request-id': 'the batch' } } } },
    ]);
  });

  it('stores the creates of one batch by one commit', async () => {
    await run([create('first')]);
    const commits = await app.database.countCommits(async () => {
      const answers = await run(Array.from({ length: 20 }, (_, i) => create(String(i))));
      expect(answers.every(({ status }) => status === 201)).toBe(true);
    });

    expect(commits).toBe(1);
    expect(await storedIds()).toHaveLength(21);
  });

  it('waits for its turn where many come at once, also behind some that are none', async () => {
    const batches = Array.from({ length: 40 }, (_, i) =>
      send(i % 4 === 0 ? [] : [create(`a${String(i)}`), create(`b${String(i)}`)]),
    );
    const answers = await Promise.all(batches);
    const { text } = await app.send('GET', `${COLLECTION}/$count`);

    expect(answers.map(({ status }) => status)).toEqual(
      answers.map((_, i) => (i % 4 === 0 ? 400 : 200)),
    );
    expect(text).toBe('60');
  });

  it('refuses the second create of one id, and stores the first', async () => {
    const body = userStatus({ id: 'same' });

    expect(await run([create('1', { body }), create('2', { body })])).toMatchObject([
      { status: 201 },
      { status: 409, body: { error: { code: 'Conflict' } } },
    ]);
  });

  it('does not read what a request to read has for a body', async () => {
    const headers = { 'content-type': 'text/plain' };

    expect(await run([{ ...WHOLE, headers, body: 'x' }])).toMatchObject([{ status: 200 }]);
  });

  it('shares among its pages what the answer has room for', async () => {
    const name = 'x'.repeat(1024);
    const ids = Array.from({ length: 200 }, (_, i) => `user-${String(i).padStart(3, '0')}`);
    await seed(app, Object.fromEntries(ids.map((id) => [id, { userDisplayName: name }])));
    const alone = pageOf(await app.send('GET', `${COLLECTION}?$top=200`));
    const together = await run(
      Array.from({ length: 20 }, (_, i) => read(String(i), `${RELATIVE}?$top=200`)),
    );

    expect(alone.value).toHaveLength(200);
    for (const { body } of together) {
      expect(body).toMatchObject({ '@odata.nextLink': expect.stringContaining('$skiptoken') });
      expect((body as PageBody).value.length).toBeGreaterThan(100);
    }
  });

  it('takes null for what is absent', async () => {
    expect(await run([{ ...WHOLE, headers: null, body: null, dependsOn: null }])).toMatchObject([
      { status: 200 },
    ]);
  });
});

describe('a request that depends on others', () => {
  it('waits for them, whatever their order and the case of their ids', async () => {
    const answers = await run([
      read('3', `${RELATIVE}/$count`, { dependsOn: ['B', 'a'] }),
      create('b', { dependsOn: ['a'] }),
      create('a'),
    ]);

    expect(answers).toMatchObject([{ body: '2' }, { status: 201 }, { status: 201 }]);
  });

  it('is not handled where one of them failed, nor is what depends on it', async () => {
    const answers = await run([
      create('1', { body: {} }),
      create('2', { dependsOn: ['1'] }),
      create('3', { dependsOn: ['2'] }),
      create('4'),
    ]);

    expect(answers).toMatchObject([
      { status: 400 },
      { status: 424, body: { error: { code: 'FailedDependency' } } },
      { status: 424, body: { error: { code: 'FailedDependency' } } },
      { status: 201 },
    ]);
    expect(await storedIds()).toEqual(['user-4']);
  });

  it('cannot name by $id what has the name of a resource', async () => {
    const answers = await run([
      create('metadata'),
      read('2', '/$metadata', { dependsOn: ['metadata'] }),
    ]);

    expect(answers).toMatchObject([
      { status: 201 },
      { status: 200, headers: { 'Content-Type': 'application/xml;charset=utf-8' } },
    ]);
  });

  it('can name by $id what one of them has made', async () => {
    const unnamed = create('1', { body: userStatus() });
    const answers = await run([
      unnamed,
      {
        ...create('2', { url: '$1', dependsOn: ['1'], body: { devicesCount: 7 } }),
        method: 'PATCH',
      },
      read('3', '/$1/devicesCount', { dependsOn: ['1', '2'] }),
      read('4', '/$1/devicesCount'),
    ]);

    expect(answers).toMatchObject([
      { status: 201 },
      { status: 200 },
      { status: 200, body: { value: 7 } },
      { status: 404 },
    ]);
  });
});

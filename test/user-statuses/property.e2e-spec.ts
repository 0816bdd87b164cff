import { beforeEach, describe, expect, it } from '@jest/globals';

import { refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION } from '../support/user-status.js';

const ALEX = `${COLLECTION}/alex`;
const CONTEXT = `/v1.0/$metadata#deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses`;
const CONTENT_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
  await seed(app, { alex: { userDisplayName: null, userPrincipalName: 'ä "x"\n' } });
});

async function get(path: string, headers: Record<string, string> = {}) {
  return app.send('GET', path, undefined, headers);
}

describe('a property', () => {
  it.each([
    ['id', 'alex'],
    ['devicesCount', 12],
    ['lastReportedDateTime', '2017-01-01T00:00:17.7769392-08:00'],
    ['status', 'notApplicable'],
    ['userPrincipalName', 'ä "x"\n'],
  ])('%s is answered with its context, and bare as text', async (name, value) => {
    const etag = (await get(ALEX)).headers.get('etag');
    const property = await get(`${ALEX}/${name}`);
    const raw = await get(`${ALEX}/${name}/$value`);

    expect(property.status).toBe(200);
    expect(property.body).toEqual({
      '@odata.context': `${app.url}${CONTEXT}('alex')/${name}`,
      value,
    });
    expect(Object.fromEntries(property.headers)).toMatchObject({
      'content-type': CONTENT_TYPE,
      'odata-version': '4.0',
      'cache-control': 'no-store',
      etag,
    });
    expect([raw.status, raw.text]).toEqual([200, String(value)]);
    expect(Object.fromEntries(raw.headers)).toMatchObject({
      'content-type': 'text/plain;charset=utf-8',
      'odata-version': '4.0',
      'cache-control': 'no-store',
      etag,
    });
  });

  it('that is null is answered 204', async () => {
    for (const path of [`${ALEX}/userDisplayName`, `${ALEX}/userDisplayName/$value`]) {
      const answer = await get(path);

      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(answer.headers.has('content-type')).toBe(false);
    }
  });

  it.each(['none', 'minimal', 'full'])(
    'tells with odata.metadata=%s what it is asked',
    async (level) => {
      const answer = await get(`${ALEX}/status?$format=application/json;odata.metadata=${level}`);

      expect(answer.headers.get('content-type')).toBe(CONTENT_TYPE.replace('minimal', level));
      expect('@odata.context' in (answer.body as object)).toBe(level !== 'none');
      expect(answer.body).toMatchObject({ value: 'notApplicable' });
    },
  );

  it.each([`('alex')/status`, `(id='alex')/status`, `('alex')/Status`, `/alex/STATUS/`])(
    'is found in every spelling of the path: %s',
    async (path) => {
      const answer = await get(COLLECTION + path);

      expect(answer.body).toMatchObject({ value: 'notApplicable' });
      expect(answer.text).toContain(`userStatuses('alex')/status"`);
      expect((await get(`${COLLECTION}${path.replace(/\/$/, '')}/$VALUE`)).text).toBe(
        'notApplicable',
      );
    },
  );

  it.each([
    '/alex/nothing',
    '/alex/revision',
    '/alex/lastReportedInstant',
    '/alex/$value',
    '/alex/$count',
    '/alex/$ref',
    '/alex/status/nothing',
    '/alex/status/$count',
    '/alex/status/$value/x',
    '/alex/constructor',
    '/alex/__proto__',
    '/nobody/status',
    '/nobody/status/$value',
    '/$value',
    '/$count/x',
  ])('is 404 where there is none: %s', async (path) => {
    expect(refusalOf(await get(COLLECTION + path))).toBe('404 ResourceNotFound');
  });

  it.each(['PUT', 'PATCH', 'POST', 'DELETE'])(
    'does not take %s, and says what it takes',
    async (method) => {
      for (const path of [`${ALEX}/status`, `${ALEX}/status/$value`]) {
        const answer = await app.send(method, path, {});

        expect(refusalOf(answer)).toBe('405 MethodNotAllowed');
        expect(answer.headers.get('allow')).toBe('GET, HEAD');
      }
    },
  );

  it('is answered to HEAD without a body', async () => {
    const head = await app.send('HEAD', `${ALEX}/status/$value`);

    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '13']);
  });

  it.each(['text/plain', 'text/plain;q=0.1', 'text/*', '*/*', 'application/json, */*;q=0.1'])(
    'is answered as text to "Accept: %s"',
    async (accept) => {
      expect((await get(`${ALEX}/status/$value`, { accept })).text).toBe('notApplicable');
    },
  );

  it.each(['application/json', 'image/png', 'text/plain;q=0', 'text/html, text/plain;q=0.0'])(
    'is not answered as text to "Accept: %s"',
    async (accept) => {
      const answer = await get(`${ALEX}/status/$value`, { accept });
      expect(refusalOf(answer)).toBe('406 NotAcceptable');
    },
  );

  it.each([
    ['/status?$select=id', '400 BadRequest $select'],
    ['/status?$filter=true', '400 BadRequest $filter'],
    ['/status/$value?$format=json', '400 BadRequest $format'],
    ['/status?$expand=x', '501 NotImplemented $expand'],
    ['/status?$format=xml', '406 NotAcceptable'],
  ])('refuses an option that does not apply: %s', async (path, refusal) => {
    expect(refusalOf(await get(ALEX + path))).toBe(refusal);
  });
});

describe('a key', () => {
  it.each([
    ['$count', `('$count')`],
    ['$count', `('%24count')`],
    ['$value', `(id='$value')`],
    ['microsoft.graph.x', `('microsoft.graph.x')`],
    ["O'Neil", `('O''Neil')`],
    ["O'Neil", `/O'Neil`],
    ["O'Neil", `/O%27Neil`],
    ['a/b', `/a%2Fb`],
    ['a/b', `('a%2Fb')`],
    ['a%2Fb', `/a%252Fb`],
    ['a+b', `/a+b`],
    ['a b', `/a%20b`],
    ['(x)', `/(x)`],
    [`'x'`, `('''x''')`],
    ['ä😀', `/ä😀`],
    ['..', `('..')`],
    ['status', `/status`],
    ['userStatuses', `/userStatuses`],
    ['guid_guid_guid', `/guid_guid_guid`],
    ['x'.repeat(256), `/${'x'.repeat(256)}`],
    ['😀'.repeat(256), `('${'😀'.repeat(256)}')`],
  ])('%s is reached at %s', async (id, path) => {
    await seed(app, { [id]: { status: 'conflict' } });

    expect((await get(COLLECTION + path)).body).toMatchObject({ id, status: 'conflict' });
    expect((await get(`${COLLECTION}${path}/status/$value`)).text).toBe('conflict');
    const updated = await app.send('PATCH', COLLECTION + path, { status: 'error' });
    expect(updated.body).toMatchObject({ id, status: 'error' });
    expect((await app.send('DELETE', COLLECTION + path)).status).toBe(204);
    expect((await get(COLLECTION + path)).status).toBe(404);
  });

  it.each([`()`, `('')`, `('a'`, `(a)`, `("a")`, `('a'b')`, `(name='a')`, `('a','b')`])(
    'is refused where it is none: %s',
    async (path) => {
      expect([400, 404]).toContain((await get(COLLECTION + path)).status);
    },
  );

  it('is never found in other letters', async () => {
    expect(refusalOf(await get(`${COLLECTION}/Alex`))).toBe('404 ResourceNotFound');
  });
});

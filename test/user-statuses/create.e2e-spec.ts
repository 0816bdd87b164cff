import { beforeEach, describe, expect, it } from '@jest/globals';

import { borrowTestApp, startTestApp, type TestApp } from '../support/test-app.js';
import {
  COLLECTION,
  CONFIGURATION,
  PUBLISHED_EXAMPLE,
  userStatus,
} from '../support/user-status.js';

const CONTENT_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

async function create(changes: Record<string, unknown> = {}, path = COLLECTION) {
  return app.send('POST', path, userStatus(changes));
}

describe('the published example', () => {
  it('is created, with the whole entity in the answer', async () => {
    const created = await app.send('POST', COLLECTION, PUBLISHED_EXAMPLE);
    const { id } = created.body as { id: string };

    expect(created.status).toBe(201);
    expect(id).toMatch(UUID_V7);
    expect(created.body).toEqual({
      '@odata.context': `${app.url}/v1.0/$metadata#deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses/$entity`,
      '@odata.type': '#microsoft.graph.deviceConfigurationUserStatus',
      '@odata.etag': created.headers.get('etag'),
      id,
      devicesCount: 12,
      lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
      status: 'notApplicable',
      userDisplayName: 'User Display Name value',
      userPrincipalName: 'User Principal Name value',
    });
    expect(Object.keys(created.body as object)[0]).toBe('@odata.context');
  });

  it('is answered with the headers of an OData create', async () => {
    const { headers, body } = await create();
    const { id } = body as { id: string };

    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': CONTENT_TYPE,
      'odata-version': '4.0',
      'cache-control': 'no-store',
      etag: expect.stringMatching(/^W\/"[^"]+"$/),
      location: `${app.url}/v1.0/deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses('${id}')`,
      'request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'client-request-id': headers.get('request-id'),
    });
  });

  it('is found where Location points, byte for byte as it was answered', async () => {
    const created = await create();
    const found = await app.send('GET', created.headers.get('location')!);

    expect(found.status).toBe(200);
    expect(found.text).toBe(created.text);
    expect(found.headers.get('etag')).toBe(created.headers.get('etag'));
    expect(found.headers.get('content-type')).toBe(CONTENT_TYPE);
    expect(found.headers.get('odata-version')).toBe('4.0');
  });

  it('is still there after a restart', async () => {
    const first = await startTestApp();
    const created = await first.send('POST', COLLECTION, userStatus());
    await first.stop();
    const again = await startTestApp({ DATA_DIR: first.dataDir });
    const path = new URL(created.headers.get('location')!).pathname;
    const found = await again.send('GET', path);
    await again.stop();
    await first.close();

    expect(found.text.replaceAll(again.url, first.url)).toBe(created.text);
  });
});

describe('values', () => {
  it.each([
    ['seven fractional digits and an offset', '2017-01-01T00:00:17.7769392-08:00'],
    ['twelve fractional digits', '2026-11-23T12:19:44.123456789012Z'],
    ['trailing zeros', '2026-11-23T12:19:44.1000000+00:00'],
    ['no seconds', '2026-11-23T12:19Z'],
    ['lower case', '2026-11-23t12:19:44z'],
    ['the least sentinel', '0001-01-01T00:00:00Z'],
    ['the greatest sentinel', '9999-12-31T23:59:59.9999999Z'],
    ['an instant after the last year', '9999-12-31T23:59:59-23:59'],
    ['an instant before the first year', '0000-01-01T00:00:00+14:00'],
    ['a leap day', '2024-02-29T00:00:00Z'],
    ['an unknown local offset', '2026-11-23T12:19:44-00:00'],
  ])('keeps a time with %s as it was sent', async (_what, lastReportedDateTime) => {
    const created = await create({ lastReportedDateTime });
    const found = await app.send('GET', created.headers.get('location')!);

    expect(created.body).toMatchObject({ lastReportedDateTime });
    expect(found.text).toBe(created.text);
  });

  it.each([
    ['the empty string', ''],
    ['white space', '  \t\n x \r\n '],
    ['quotes, backslashes and markup', `'"\\%_<b>&amp;\u2028`],
    ['a decomposed accent', 'e\u0301'],
    ['a composed accent', '\u00e9'],
    ['a byte order mark', '\ufeffx'],
    ['characters beyond the basic plane', '😀𝒳'],
    ['control characters other than U+0000', '\u0001\u001f\u007f\u0085'],
    ['SQL', `'); DROP TABLE user_status; --`],
    ['1,024 characters', 'x'.repeat(1024)],
    ['1,024 characters of two units each', '😀'.repeat(1024)],
    ['null', null],
  ])('keeps a text of %s as it was sent', async (_what, text) => {
    const created = await create({ userDisplayName: text, userPrincipalName: text });
    const found = await app.send('GET', created.headers.get('location')!);

    expect(created.body).toMatchObject({ userDisplayName: text, userPrincipalName: text });
    expect(found.text).toBe(created.text);
  });

  it.each([
    ['the least', '-2147483648', -2_147_483_648],
    ['the greatest', '2147483647', 2_147_483_647],
    ['zero', '0', 0],
    ['an integer with a fraction of zero', '1.0', 1],
    ['an integer in scientific notation', '1e1', 10],
    ['a fraction that a double does not hold', '12.00000000000000001', 12],
    ['a fraction beyond every double', '1e-400', 0],
  ])('takes %s for devicesCount', async (_what, written, devicesCount) => {
    const text = JSON.stringify(userStatus()).replace('12', written);
    const created = await app.send('POST', COLLECTION, text);

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ devicesCount });
  });

  it.each([
    'unknown',
    'notApplicable',
    'compliant',
    'remediated',
    'nonCompliant',
    'error',
    'conflict',
    'notAssigned',
  ])('takes the status %s', async (status) => {
    const created = await create({ status });
    const found = await app.send('GET', created.headers.get('location')!);

    expect(found.body).toMatchObject({ status });
  });
});

describe('an id', () => {
  it.each([
    ['is left out', undefined],
    ['is null', null],
  ])('is made where it %s', async (_what, id) => {
    const created = await create({ id });
    const found = await app.send('GET', created.headers.get('location')!);

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ id: expect.stringMatching(UUID_V7) });
    expect(found.text).toBe(created.text);
  });
});

describe('a number as text', () => {
  const COMPATIBLE = 'application/json;IEEE754Compatible=true';

  function send(method: string, devicesCount: unknown, contentType: string, path = COLLECTION) {
    const bytes = new TextEncoder().encode(JSON.stringify(userStatus({ devicesCount })));
    return app.send(method, path, bytes, {
      'content-type': contentType,
      prefer: 'create-if-missing',
    });
  }

  it.each([
    'application/json',
    'application/json;IEEE754Compatible=false',
    'application/json;IEEE754Compatible',
    'application/json;IEEE754Compatible=1',
    'application/json;odata.metadata=minimal',
  ])('is refused with %s', async (contentType) => {
    const answer = await send('POST', '12', contentType);

    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'ModelValidationFailure', target: 'devicesCount' } },
    });
  });

  it.each(['', ' 12', '12 ', '1.0', '1e1', '0x1', '+-1', '00000000012', '2147483648', 'x'])(
    'is refused where IEEE754Compatible is true, but it is %j',
    async (text) => {
      const answer = await send('POST', text, COMPATIBLE);

      expect(answer).toMatchObject({
        status: 400,
        body: { error: { code: 'ModelValidationFailure', target: 'devicesCount' } },
      });
    },
  );

  it.each([
    ['POST', COLLECTION],
    ['PUT', `${COLLECTION}/put`],
    ['PATCH', `${COLLECTION}/patch`],
  ])('is taken by %s where IEEE754Compatible is true', async (method, path) => {
    const answer = await send(method, '-12', COMPATIBLE, path);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ devicesCount: -12 });
  });

  it.each<[unknown, string, number]>([
    [12, COMPATIBLE, 12],
    ['12', 'application/json; charset=utf-8; ieee754compatible="TRUE"', 12],
    ['+12', COMPATIBLE, 12],
    ['0012', COMPATIBLE, 12],
    ['-2147483648', COMPATIBLE, -2_147_483_648],
  ])('of %j is taken with %s', async (written, contentType, devicesCount) => {
    const answer = await send('POST', written, contentType);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ devicesCount });
  });
});

describe('annotations', () => {
  it.each([
    ['no @odata.type', { '@odata.type': undefined }],
    ['@odata.type without #', { '@odata.type': 'microsoft.graph.deviceConfigurationUserStatus' }],
    ['other annotations', { '@odata.id': 'x', 'status@my.note': { deep: [1] }, '@a.b': null }],
  ])('takes %s', async (_what, changes) => {
    const created = await create(changes);

    expect(created.status).toBe(201);
    expect(Object.keys(created.body as object)).toEqual([
      '@odata.context',
      '@odata.type',
      '@odata.etag',
      'id',
      'devicesCount',
      'lastReportedDateTime',
      'status',
      'userDisplayName',
      'userPrincipalName',
    ]);
  });
});

describe('ids', () => {
  it.each([
    ['a GUID in upper case', 'D93B1B3E-1B3E-D93B-3E1B-3BD93E1B3BD9'],
    ['three GUIDs', `${CONFIGURATION}_${CONFIGURATION}_${CONFIGURATION}`],
    ['quotes', "o'neil''s"],
    ['what a URL reserves', 'a/b?c#d%2Fe&f+g;h=i@j$k,l:m'],
    ['spaces', ' a b '],
    ['the count segment', '$count'],
    ['a type cast', 'microsoft.graph.x'],
    ['dots', '..'],
    ['parentheses', "('x')"],
    ['emoji', '😀'],
    ['256 characters', 'k'.repeat(256)],
    ['256 characters of two units each', '😀'.repeat(256)],
  ])('may be %s, and lead back to the entity', async (_what, id) => {
    const created = await create({ id });
    const found = await app.send('GET', created.headers.get('location')!);

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ id });
    expect(found.text).toBe(created.text);
  });

  it('are refused when they are taken, and the first entity stays', async () => {
    const first = await create({ id: 'ALEX' });
    const second = await create({ id: 'ALEX', devicesCount: 99 });
    const found = await app.send('GET', first.headers.get('location')!);

    expect(second).toMatchObject({
      status: 409,
      body: { error: { code: 'Conflict', target: 'id' } },
    });
    expect(found.text).toBe(first.text);
  });

  it('are case-sensitive', async () => {
    await create({ id: 'alex' });

    expect((await create({ id: 'ALEX' })).status).toBe(201);
    expect((await app.send('GET', `${COLLECTION}/Alex`)).status).toBe(404);
  });
});

describe('collections', () => {
  it.each([
    ['', ''],
    ['/v1.0', '/rootCertificate'],
    ['/beta', '/identityCertificate'],
    ['/V1.0', '/identityCertificate/rootCertificate'],
  ])('take a create under %s with the navigation %s', async (prefix, navigation) => {
    const path = `${prefix}/deviceManagement/deviceConfigurations/X${navigation}/userStatuses`;
    const created = await create({ id: 'ALEX' }, path);
    const root = `${app.url}${prefix.toLowerCase()}`;
    const canonical = `deviceManagement/deviceConfigurations('X')${navigation}/userStatuses`;

    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`${root}/${canonical}('ALEX')`);
    expect(created.body).toMatchObject({
      '@odata.context': `${root}/$metadata#${canonical}/$entity`,
    });
  });

  it.each([
    [
      'keys in segments',
      '/v1.0/deviceManagement/deviceConfigurations/o%27neil%2Fx/rootCertificate/userStatuses/a%2Fb',
    ],
    [
      'keys in parentheses',
      "/v1.0/deviceManagement/deviceConfigurations('o''neil%2Fx')/rootCertificate/userStatuses('a%2Fb')",
    ],
    [
      'keys with their name',
      "/deviceManagement/deviceConfigurations(id='o''neil%2Fx')/rootCertificate/userStatuses(id='a%2Fb')",
    ],
    [
      'one of each',
      "/beta/deviceManagement/deviceConfigurations/o'neil%2Fx/rootCertificate/userStatuses('a%2Fb')",
    ],
    [
      'a type cast',
      "/v1.0/deviceManagement/deviceConfigurations('o''neil%2Fx')/microsoft.graph.iosScepCertificateProfile/rootCertificate/userStatuses/a%2Fb",
    ],
    [
      'letters in another case',
      "/V1.0/DEVICEMANAGEMENT/deviceconfigurations('o''neil%2Fx')/RootCertificate/USERSTATUSES/a%2Fb",
    ],
    [
      'encoded letters, quotes and parentheses',
      '/v1.0/%64eviceManagement/deviceConfigurations%28%27o%27%27neil%2Fx%27%29/rootCertificate/userStatuses/a%2Fb',
    ],
    [
      'a slash at the end',
      "/v1.0/deviceManagement/deviceConfigurations('o''neil%2Fx')/rootCertificate/userStatuses/a%2Fb/",
    ],
  ])('are reached by %s', async (_what, path) => {
    await create(
      { id: 'a/b' },
      "/deviceManagement/deviceConfigurations('o''neil%2Fx')/rootCertificate/userStatuses",
    );
    const found = await app.send('GET', path);

    expect(found).toMatchObject({ status: 200, body: { id: 'a/b' } });
  });

  it('are apart for each configuration and each navigation', async () => {
    const paths = ['X', 'x', 'Y'].flatMap((key) =>
      ['', '/rootCertificate', '/identityCertificate', '/identityCertificate/rootCertificate'].map(
        (navigation) =>
          `/v1.0/deviceManagement/deviceConfigurations/${key}${navigation}/userStatuses`,
      ),
    );
    for (const [devicesCount, path] of paths.entries()) {
      expect((await create({ id: 'ALEX', devicesCount }, path)).status).toBe(201);
    }
    for (const [devicesCount, path] of paths.entries()) {
      expect((await app.send('GET', `${path}/ALEX`)).body).toMatchObject({ devicesCount });
    }
  });
});

describe('preferences', () => {
  it('answers a minimal return with 204 and no body', async () => {
    const created = await app.send('POST', COLLECTION, userStatus({ id: 'ALEX' }), {
      prefer: 'respond-async, return=minimal; x=y, odata.unknown',
    });
    const location = created.headers.get('location')!;

    expect(created.status).toBe(204);
    expect(created.text).toBe('');
    expect(created.headers.get('content-type')).toBeNull();
    expect(Object.fromEntries(created.headers)).toMatchObject({
      'odata-entityid': location,
      'odata-version': '4.0',
      'preference-applied': 'return=minimal',
      etag: expect.stringMatching(/^W\//),
    });
    expect(await app.send('GET', location)).toMatchObject({ status: 200, body: { id: 'ALEX' } });
  });

  it.each([
    ['return=representation', 201, 'return=representation'],
    ['Return="Minimal"', 204, 'return=minimal'],
    ['return=representation, return=minimal', 201, 'return=representation'],
    ['return=nothing', 201, null],
    ['return=nothing, return=minimal', 201, null],
    ['foo="a, return=minimal, b"', 201, null],
    ['respond-async; return=minimal', 201, null],
    ['return=minimal; x=y', 204, 'return=minimal'],
    ['xreturn=minimal', 201, null],
  ])('answers Prefer: %s with %i', async (prefer, status, applied) => {
    const created = await app.send('POST', COLLECTION, userStatus(), { prefer });

    expect(created.status).toBe(status);
    expect(created.headers.get('preference-applied')).toBe(applied);
  });
});

describe('representations', () => {
  it.each([
    ['minimal', { accept: 'application/json' }, ''],
    ['minimal', { accept: '*/*' }, ''],
    ['minimal', { accept: '' }, ''],
    ['minimal', { accept: 'text/html, application/xml;q=0.9, */*;q=0.8' }, ''],
    ['none', { accept: 'application/json;odata.metadata=none' }, ''],
    ['none', { accept: 'Application/JSON; charset=utf-8; ODATA.Metadata="none"' }, ''],
    ['full', { accept: 'application/json;q=0.5, application/json;metadata=full' }, ''],
    ['minimal', { accept: 'application/xml' }, '?$format=json'],
    ['full', { accept: 'text/plain' }, '?%24format=application/json;odata.metadata=full'],
    ['none', {}, '?FORMAT=application%2Fjson%3Bodata.metadata%3Dnone'],
  ])('has %s metadata for %j%s', async (level, headers, query) => {
    const created = await app.send('POST', COLLECTION + query, userStatus(), headers);
    const annotations = Object.keys(created.body as object).filter((name) => name.includes('@'));

    expect(created.status).toBe(201);
    expect(created.headers.get('content-type')).toBe(CONTENT_TYPE.replace('minimal', level));
    expect(annotations).toEqual(
      {
        none: [],
        minimal: ['@odata.context', '@odata.type', '@odata.etag'],
        full: [
          '@odata.context',
          '@odata.type',
          '@odata.etag',
          '@odata.id',
          '@odata.editLink',
          'lastReportedDateTime@odata.type',
          'status@odata.type',
        ],
      }[level],
    );
  });

  it('tells the type of a property right before it, as a stream must', async () => {
    const { body } = await app.send('POST', COLLECTION, userStatus(), {
      accept: 'application/json;odata.metadata=full',
    });
    const names = Object.keys(body as object);

    for (const name of ['lastReportedDateTime', 'status']) {
      expect(names[names.indexOf(name) - 1]).toBe(`${name}@odata.type`);
    }
  });

  it('is read only as the one that If-Match names', async () => {
    const created = await create();
    const location = created.headers.get('location')!;
    const etag = created.headers.get('etag')!;

    for (const tags of [etag, `"x", ${etag}`, etag.slice(2), '*']) {
      const found = await app.send('GET', location, undefined, { 'if-match': tags });
      expect(found.status).toBe(200);
    }
    for (const headers of [{ 'if-match': '"x"' }, { 'if-match': '', 'if-none-match': etag }]) {
      const refused = await app.send('GET', location, undefined, headers);
      expect(refused).toMatchObject({
        status: 412,
        body: { error: { code: 'PreconditionFailed' } },
      });
    }
  });

  it('is not sent again to a caller that has it', async () => {
    const created = await create();
    const location = created.headers.get('location')!;
    const etag = created.headers.get('etag')!;

    for (const tags of [etag, `"x", ${etag}`, etag.slice(2), '*']) {
      const found = await app.send('GET', location, undefined, { 'if-none-match': tags });
      expect(found).toMatchObject({ status: 304, text: '' });
      expect(found.headers.get('etag')).toBe(etag);
    }
    const other = await app.send('GET', location, undefined, { 'if-none-match': 'W/"x"' });
    expect(other.status).toBe(200);
  });

  it('has a HEAD without a body', async () => {
    const created = await create();
    const found = await app.send('HEAD', created.headers.get('location')!);

    expect(found).toMatchObject({ status: 200, text: '' });
    expect(found.headers.get('etag')).toBe(created.headers.get('etag'));
  });

  it('names the public URL where one is configured, and no forwarded host ever', async () => {
    const forwarded = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    const own = await app.send('POST', COLLECTION, userStatus(), forwarded);
    expect(own.headers.get('location')).toMatch(`${app.url}/v1.0/`);

    const behind = await startTestApp({ PUBLIC_URL: 'https://graph.example/base/' });
    const created = await behind.send('POST', COLLECTION, userStatus(), forwarded);
    await behind.close();
    expect(created.headers.get('location')).toMatch('https://graph.example/base/v1.0/deviceM');
    expect(created.text).not.toContain(behind.url);
  });
});

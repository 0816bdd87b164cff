import { beforeEach, describe, expect, it } from '@jest/globals';

import { refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import {
  COLLECTION,
  CONFIGURATION,
  PUBLISHED_EXAMPLE,
  userStatus,
} from '../support/user-status.js';

const ALEX = `${COLLECTION}/alex`;
const CONTEXT = `/v1.0/$metadata#deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses/$entity`;

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
  await seed(app, { alex: {} });
});

async function patch(body: unknown, headers: Record<string, string | null> = {}, path = ALEX) {
  return app.send('PATCH', path, body, headers);
}

/** Alex as it is now, in the bytes of the answer. */
async function read(path = ALEX): Promise<{ text: string; etag: string }> {
  const { status, text, headers } = await app.send('GET', path);
  if (status !== 200) throw new Error(text);
  return { text, etag: headers.get('etag')! };
}

describe('an update that is refused', () => {
  it.each([
    ['not JSON', 'nope', '400 BadRequest'],
    ['nothing', '', '400 BadRequest'],
    ['an array', [], '400 BadRequest'],
    ['a string', '"x"', '400 BadRequest'],
    ['null', 'null', '400 BadRequest'],
    ['a member twice', '{"devicesCount":1,"devicesCount":2}', '400 BadRequest'],
    ['an unknown property', { nothing: 1 }, '400 ModelValidationFailure nothing'],
    ['__proto__', '{"__proto__":{}}', '400 ModelValidationFailure __proto__'],
    ['a property in other letters', { Status: 'error' }, '400 ModelValidationFailure Status'],
    ['another id', { id: 'bo' }, '400 ModelValidationFailure id'],
    ['an id in other letters', { id: 'Alex' }, '400 ModelValidationFailure id'],
    ['an empty id', { id: '' }, '400 ModelValidationFailure id'],
    ['no id', { id: null }, '400 ModelValidationFailure id'],
    [
      'another type',
      { '@odata.type': '#microsoft.graph.user' },
      '400 ModelValidationFailure @odata.type',
    ],
    ['a count as a string', { devicesCount: '12' }, '400 ModelValidationFailure devicesCount'],
    ['a count that is null', { devicesCount: null }, '400 ModelValidationFailure devicesCount'],
    [
      'a count too large',
      { devicesCount: 2_147_483_648 },
      '400 ModelValidationFailure devicesCount',
    ],
    ['half a device', { devicesCount: 1.5 }, '400 ModelValidationFailure devicesCount'],
    ['a status that is none', { status: 'fine' }, '400 ModelValidationFailure status'],
    ['a status that is null', { status: null }, '400 ModelValidationFailure status'],
    ['a status by number', { status: 2 }, '400 ModelValidationFailure status'],
    [
      'a time without a zone',
      { lastReportedDateTime: '2024-01-01T00:00:00' },
      '400 ModelValidationFailure lastReportedDateTime',
    ],
    [
      'a time that is null',
      { lastReportedDateTime: null },
      '400 ModelValidationFailure lastReportedDateTime',
    ],
    [
      'a name that is a number',
      { userDisplayName: 1 },
      '400 ModelValidationFailure userDisplayName',
    ],
    [
      'a name too long',
      { userDisplayName: 'x'.repeat(1025) },
      '400 ModelValidationFailure userDisplayName',
    ],
    ['U+0000', { userPrincipalName: 'a\0b' }, '400 ModelValidationFailure userPrincipalName'],
  ])('for %s changes nothing', async (_what, body, refusal) => {
    const before = await read();
    const answer = await patch(body);

    expect(refusalOf(answer)).toBe(refusal);
    expect(await read()).toEqual(before);
  });

  it('lists all faults of the body', async () => {
    const answer = await patch({ devicesCount: '1', status: 'x', nothing: 1 });

    expect(answer.body).toMatchObject({
      error: {
        code: 'ModelValidationFailure',
        details: [{ target: 'nothing' }, { target: 'devicesCount' }, { target: 'status' }],
      },
    });
  });

  it.each([
    [{ 'content-type': null }, '400 BadRequest'],
    [{ 'content-type': 'text/plain' }, '415 UnsupportedMediaType'],
    [{ accept: 'application/xml' }, '406 NotAcceptable'],
    [{ 'if-match': 'W/"x"' }, '412 PreconditionFailed'],
    [{ 'if-match': '"x", W/"y"' }, '412 PreconditionFailed'],
    [{ 'if-match': 'x' }, '412 PreconditionFailed'],
    [{ 'if-match': '' }, '412 PreconditionFailed'],
    [{ 'if-none-match': '*' }, '412 PreconditionFailed'],
  ])('for its headers changes nothing: %j', async (headers, refusal) => {
    const before = await read();
    const bytes = new TextEncoder().encode('{"devicesCount":1}');
    const answer = await patch(bytes, headers);

    expect(refusalOf(answer)).toBe(refusal);
    expect(await read()).toEqual(before);
  });

  it.each(['$filter=true', '$top=1', '$count=true', '$nothing=1'])(
    'for its query changes nothing: %s',
    async (query) => {
      const before = await read();
      const answer = await patch({ devicesCount: 1 }, {}, `${ALEX}?${query}`);

      expect(refusalOf(answer)).toBe(`400 BadRequest ${query.split('=')[0]!}`);
      expect(await read()).toEqual(before);
    },
  );

  it.each([{}, { 'if-match': '*' }, { 'if-none-match': '*' }, { prefer: 'return=minimal' }])(
    'is 404 for what does not exist, with %j',
    async (headers) => {
      const answer = await patch(userStatus(), headers, `${COLLECTION}/bo`);

      expect(refusalOf(answer)).toBe('404 ResourceNotFound');
      expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('1');
    },
  );
});

describe('an update', () => {
  it('answers the whole entity, and leaves what it does not name', async () => {
    const before = await read();
    const answer = await patch({ status: 'error' });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      '@odata.context': app.url + CONTEXT,
      ...PUBLISHED_EXAMPLE,
      '@odata.etag': answer.headers.get('etag'),
      id: 'alex',
      status: 'error',
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': expect.stringMatching(/^application\/json;odata\.metadata=minimal/),
      'odata-version': '4.0',
      'cache-control': 'no-store',
    });
    expect(answer.headers.has('location')).toBe(false);
    expect(answer.headers.get('etag')).not.toBe(before.etag);
    expect((await read()).text).toBe(answer.text);
  });

  it.each([
    ['the published example', PUBLISHED_EXAMPLE],
    ['the id of the URL', { id: 'alex', devicesCount: 0 }],
    [
      'the type without its sign',
      { '@odata.type': 'microsoft.graph.deviceConfigurationUserStatus' },
    ],
    ['annotations', { '@odata.etag': 'W/"x"', 'status@odata.type': '#x', '@foo.bar': {} }],
    ['null for a text', { userDisplayName: null, userPrincipalName: null }],
    ['the empty string', { userDisplayName: '' }],
    ['a time as it was sent', { lastReportedDateTime: '2026-11-23t12:19:44.123456789012+05:30' }],
    ['a sentinel', { lastReportedDateTime: '9999-12-31T23:59:59.9999999Z' }],
    ['the least count', { devicesCount: -2_147_483_648 }],
    ['a text of any characters', { userDisplayName: 'e\u0301 😀 \u0001\ufeff\'"\\' }],
    ['1,024 characters', { userPrincipalName: '😀'.repeat(1024) }],
  ])('with %s keeps what was sent byte for byte', async (_what, body) => {
    const answer = await patch(body);
    const kept = Object.entries(body).filter(([name]) => !name.includes('@'));

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(Object.fromEntries(kept));
    expect((await read()).text).toBe(answer.text);
  });

  it('tells null from absent', async () => {
    await patch({ userDisplayName: null });

    expect((await patch({ devicesCount: 1 })).body).toMatchObject({
      userDisplayName: null,
      userPrincipalName: 'User Principal Name value',
    });
  });

  it('is found by its new values, and no more by the old', async () => {
    await patch({
      status: 'error',
      lastReportedDateTime: '2030-01-01T00:00:00Z',
      userDisplayName: 'New',
    });
    const find = async (query: string) =>
      (await app.send('GET', `${COLLECTION}/$count?${query}`)).text;

    expect(await find("$filter=status eq 'error' and lastReportedDateTime gt 2029-01-01")).toBe(
      '1',
    );
    expect(await find("$filter=status eq 'notApplicable'")).toBe('0');
    expect(await find('$filter=lastReportedDateTime lt 2029-01-01')).toBe('0');
    expect(await find('$search=new')).toBe('1');
  });

  it.each([{}, { id: 'alex' }, { '@odata.type': PUBLISHED_EXAMPLE['@odata.type'] }, { '@a.b': 1 }])(
    'of nothing keeps the entity tag: %j',
    async (body) => {
      const before = await read();
      const answer = await patch(body);

      expect(answer.status).toBe(200);
      expect(answer.text).toBe(before.text);
      expect(await read()).toEqual(before);
    },
  );

  it('is answered in brief where that is preferred', async () => {
    const answer = await patch({ devicesCount: 1 }, { prefer: 'return=minimal' });

    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect(answer.headers.has('content-type')).toBe(false);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'preference-applied': 'return=minimal',
      etag: (await read()).etag,
      'odata-version': '4.0',
    });
    expect((await read()).text).toContain('"devicesCount":1,');
  });

  it('is answered in full where that is preferred, and in what was selected', async () => {
    const answer = await patch(
      { devicesCount: 1 },
      { prefer: 'return=representation' },
      `${ALEX}?$select=devicesCount&$format=application/json;odata.metadata=none`,
    );

    expect(answer.body).toEqual({ devicesCount: 1 });
    expect(answer.headers.get('preference-applied')).toBe('return=representation');
  });

  it.each(['current', '*', 'list', 'strong'])('is made where If-Match is %s', async (kind) => {
    const { etag } = await read();
    const header = {
      current: etag,
      '*': '*',
      list: `"x", W/"y,z", ${etag}`,
      strong: etag.slice(2),
    }[kind]!;

    expect((await patch({ devicesCount: 1 }, { 'if-match': header })).status).toBe(200);
  });

  it('is refused with the entity tag of before', async () => {
    const { etag } = await read();
    await patch({ devicesCount: 1 }, { 'if-match': etag });
    const late = await patch({ devicesCount: 2 }, { 'if-match': etag });

    expect(refusalOf(late)).toBe('412 PreconditionFailed');
    expect((await read()).text).toContain('"devicesCount":1,');
  });

  it('gives the entity a new tag, also when the values are the same', async () => {
    const tags = new Set([(await read()).etag]);
    for (let i = 0; i < 5; i += 1) {
      tags.add((await patch({ devicesCount: 1 })).headers.get('etag')!);
    }

    expect(tags.size).toBe(6);
  });

  it.each([
    "/v1.0/devicemanagement/deviceconfigurations('%')/rootcertificate/userstatuses('alex')",
    "/beta/deviceManagement/deviceConfigurations/%/microsoft.graph.x/rootCertificate/userStatuses(id='alex')",
  ])('reaches the entity at %s', async (path) => {
    const answer = await patch({ devicesCount: 1 }, {}, path.replace('%', CONFIGURATION));

    expect(answer.status).toBe(200);
    expect((await read()).text).toContain('"devicesCount":1,');
  });
});

describe('an update that may create', () => {
  const CREATE = { prefer: 'create-if-missing' };
  const BO = `${COLLECTION}/bo`;

  it.each([
    ['nothing', {}, 'devicesCount'],
    ['a count alone', { devicesCount: 1 }, 'lastReportedDateTime'],
    ['no name', userStatus({ userDisplayName: undefined }), 'userDisplayName'],
    ['another id', userStatus({ id: 'cy' }), 'id'],
    ['a wrong count', userStatus({ devicesCount: 'x' }), 'devicesCount'],
  ])('creates nothing from %s', async (_what, body, target) => {
    const answer = await patch(body, CREATE, BO);

    expect(refusalOf(answer)).toBe(`400 ModelValidationFailure ${target}`);
    expect((await app.send('GET', BO)).status).toBe(404);
  });

  it('creates what is missing, and says where', async () => {
    const answer = await patch(userStatus({ userDisplayName: null }), CREATE, BO);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id: 'bo', userDisplayName: null });
    expect(answer.headers.get('location')).toBe(
      `${app.url}/v1.0/deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses('bo')`,
    );
    expect((await read(answer.headers.get('location')!)).text).toBe(answer.text);
    expect((await read(answer.headers.get('location')!)).etag).toBe(answer.headers.get('etag'));
  });

  it('updates what is there', async () => {
    const answer = await patch({ devicesCount: 1 }, CREATE);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ devicesCount: 1, status: 'notApplicable' });
    expect(answer.headers.has('location')).toBe(false);
  });

  it('answers a create in brief where that is preferred', async () => {
    const answer = await patch(userStatus(), { prefer: 'create-if-missing, return=minimal' }, BO);

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('location')).toBe(answer.headers.get('odata-entityid'));
    expect((await read(answer.headers.get('location')!)).etag).toBe(answer.headers.get('etag'));
  });

  it('creates with If-None-Match: *, and refuses what is there', async () => {
    const headers = { ...CREATE, 'if-none-match': '*' };
    const before = await read();

    expect((await patch(userStatus(), headers, BO)).status).toBe(201);
    expect(refusalOf(await patch(userStatus(), headers))).toBe('412 PreconditionFailed');
    expect(await read()).toEqual(before);
  });

  it.each(['*', 'W/"x"'])('creates nothing with If-Match: %s', async (ifMatch) => {
    const answer = await patch(userStatus(), { ...CREATE, 'if-match': ifMatch }, BO);

    expect(refusalOf(answer)).toBe('412 PreconditionFailed');
    expect((await app.send('GET', BO)).status).toBe(404);
  });

  it('creates a key of any characters', async () => {
    const path = `${COLLECTION}('%24count''s%2F%3F%20ä')`;
    const answer = await patch(userStatus({ id: "$count's/? ä" }), CREATE, path);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id: "$count's/? ä" });
    expect((await read(path)).text).toBe(answer.text);
  });

  it('creates once where two ask in the same instant', async () => {
    for (let round = 0; round < 10; round += 1) {
      const path = `${COLLECTION}/new${String(round)}`;
      const answers = await Promise.all(
        [1, 2, 3].map((devicesCount) => patch(userStatus({ devicesCount }), CREATE, path)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    }
  });
});

it('POST on an entity is answered 405, with what is allowed', async () => {
  const answer = await app.send('POST', ALEX, userStatus());

  expect(refusalOf(answer)).toBe('405 MethodNotAllowed');
  expect(answer.headers.get('allow')).toBe('GET, HEAD, PUT, PATCH, DELETE');
});

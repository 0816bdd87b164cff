import { beforeEach, describe, expect, it } from '@jest/globals';

import { sendChangeSet } from '../support/change-set.js';
import { refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import {
  COLLECTION,
  CONFIGURATION,
  PUBLISHED_EXAMPLE,
  userStatus,
} from '../support/user-status.js';

const ALEX = `${COLLECTION}/alex`;
const BO = `${COLLECTION}/bo`;
const CREATE = { prefer: 'create-if-missing' };

const OTHER = {
  devicesCount: -1,
  lastReportedDateTime: '2026-11-23t12:19:44.123456789012+05:30',
  status: 'error',
  userDisplayName: null,
  userPrincipalName: 'e\u0301 😀 \u0001"\\',
};

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
  await seed(app, { alex: {} });
});

async function put(body: unknown, headers: Record<string, string | null> = {}, path = ALEX) {
  return app.send('PUT', path, body, headers);
}

/** An entity as it is now, in the bytes of the answer. */
async function read(path = ALEX): Promise<{ text: string; etag: string }> {
  const { status, text, headers } = await app.send('GET', path);
  if (status !== 200) throw new Error(text);
  return { text, etag: headers.get('etag')! };
}

describe('a replacement that is refused', () => {
  it.each([
    ['not JSON', 'nope', '400 BadRequest'],
    ['nothing', '', '400 BadRequest'],
    ['an array', [], '400 BadRequest'],
    ['null', 'null', '400 BadRequest'],
    ['no members', {}, '400 ModelValidationFailure devicesCount'],
    ...Object.keys(OTHER).map((name): [string, unknown, string] => [
      `no ${name}`,
      userStatus({ [name]: undefined }),
      `400 ModelValidationFailure ${name}`,
    ]),
    ['an unknown property', userStatus({ nothing: 1 }), '400 ModelValidationFailure nothing'],
    [
      'a count as a string',
      userStatus({ devicesCount: '12' }),
      '400 ModelValidationFailure devicesCount',
    ],
    [
      'another type',
      userStatus({ '@odata.type': '#microsoft.graph.user' }),
      '400 ModelValidationFailure @odata.type',
    ],
    ['another id', userStatus({ id: 'cy' }), '400 ModelValidationFailure id'],
    ['an id in other letters', userStatus({ id: 'Alex' }), '400 ModelValidationFailure id'],
    ['an empty id', userStatus({ id: '' }), '400 ModelValidationFailure id'],
  ])('for %s changes nothing', async (_what, body, refusal) => {
    const before = await read();

    expect(refusalOf(await put(body))).toBe(refusal);
    expect(refusalOf(await put(body, CREATE, BO))).toBe(refusal);
    expect(await read()).toEqual(before);
    expect((await app.send('GET', BO)).status).toBe(404);
  });

  it.each([
    [{ 'content-type': null }, '400 BadRequest'],
    [{ 'content-type': 'text/plain' }, '415 UnsupportedMediaType'],
    [{ accept: 'application/xml' }, '406 NotAcceptable'],
    [{ 'if-match': 'W/"x"' }, '412 PreconditionFailed'],
    [{ 'if-match': '' }, '412 PreconditionFailed'],
    [{ 'if-none-match': '*' }, '412 PreconditionFailed'],
    [{ ...CREATE, 'if-none-match': '*' }, '412 PreconditionFailed'],
  ])('for its headers changes nothing: %j', async (headers, refusal) => {
    const before = await read();
    const bytes = new TextEncoder().encode(JSON.stringify(userStatus(OTHER)));

    expect(refusalOf(await put(bytes, headers))).toBe(refusal);
    expect(await read()).toEqual(before);
  });

  it.each(['$filter=true', '$top=1', '$nothing=1'])(
    'for its query changes nothing: %s',
    async (query) => {
      const before = await read();
      const answer = await put(userStatus(OTHER), {}, `${ALEX}?${query}`);

      expect(refusalOf(answer)).toBe(`400 BadRequest ${query.split('=')[0]!}`);
      expect(await read()).toEqual(before);
    },
  );

  it('needs the permission of a write', async () => {
    const answer = await put(userStatus(), { authorization: `Bearer ${app.readToken}` });

    expect(refusalOf(answer)).toBe('403 Forbidden');
  });

  it.each([{}, { 'if-match': '*' }, { 'if-none-match': '*' }, { prefer: 'return=minimal' }])(
    'is 404 for what does not exist, with %j',
    async (headers) => {
      expect(refusalOf(await put(userStatus(), headers, BO))).toBe('404 ResourceNotFound');
      expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('1');
    },
  );

  it.each(['*', 'W/"x"'])('creates nothing with If-Match: %s', async (ifMatch) => {
    const answer = await put(userStatus(), { ...CREATE, 'if-match': ifMatch }, BO);

    expect(refusalOf(answer)).toBe('412 PreconditionFailed');
    expect((await app.send('GET', BO)).status).toBe(404);
  });
});

describe('a replacement', () => {
  it('answers the whole entity as it was sent, and leaves nothing of before', async () => {
    const before = await read();
    const answer = await put(OTHER);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      '@odata.context': `${app.url}/v1.0/$metadata#deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses/$entity`,
      '@odata.type': PUBLISHED_EXAMPLE['@odata.type'],
      '@odata.etag': answer.headers.get('etag'),
      id: 'alex',
      ...OTHER,
    });
    expect(answer.headers.has('location')).toBe(false);
    expect(answer.headers.get('etag')).not.toBe(before.etag);
    expect((await read()).text).toBe(answer.text);
  });

  it.each([
    ['the id of the URL', userStatus({ id: 'alex' })],
    ['annotations', userStatus({ '@odata.etag': 'W/"x"', 'status@odata.type': '#x' })],
    ['what a GET has answered', undefined],
    ['null for the id, which is in the URL', userStatus({ id: null })],
  ])('takes %s', async (_what, body) => {
    const { text } = await read();

    expect((await put(body ?? text)).status).toBe(200);
  });

  it('is found by its new values, and no more by the old', async () => {
    await put(OTHER);
    const find = async (query: string) =>
      (await app.send('GET', `${COLLECTION}/$count?${query}`)).text;

    expect(await find("$filter=status eq 'error' and lastReportedDateTime gt 2026-01-01")).toBe(
      '1',
    );
    expect(await find("$filter=status eq 'notApplicable'")).toBe('0');
    expect(await find('$filter=userDisplayName eq null')).toBe('1');
  });

  it('is answered in brief where that is preferred', async () => {
    const answer = await put(OTHER, { prefer: 'return=minimal' });

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'preference-applied': 'return=minimal',
      etag: (await read()).etag,
    });
  });

  it('is answered in what was selected', async () => {
    const answer = await put(OTHER, { prefer: 'return=representation' }, `${ALEX}?$select=status`);

    expect(answer.body).toMatchObject({ status: 'error' });
    expect(answer.body).not.toHaveProperty('devicesCount');
    expect(answer.headers.get('preference-applied')).toBe('return=representation');
  });

  it('is made with the entity tag of now, and refused with the one of before', async () => {
    const { etag } = await read();

    expect((await put(OTHER, { 'if-match': etag })).status).toBe(200);
    expect(refusalOf(await put(userStatus(), { 'if-match': etag }))).toBe('412 PreconditionFailed');
    expect((await read()).text).toContain('"devicesCount":-1,');
  });

  it('gives the entity a new tag, also when the values are the same', async () => {
    const tags = new Set([(await read()).etag]);
    for (let i = 0; i < 5; i += 1) tags.add((await put(OTHER)).headers.get('etag')!);

    expect(tags.size).toBe(6);
  });
});

describe('a replacement that may create', () => {
  it('creates what is missing, and says where', async () => {
    const answer = await put(OTHER, CREATE, BO);
    const location = answer.headers.get('location')!;

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id: 'bo', ...OTHER });
    expect(location).toBe(
      `${app.url}/v1.0/deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses('bo')`,
    );
    expect(await read(location)).toEqual({ text: answer.text, etag: answer.headers.get('etag') });
  });

  it('replaces what is there', async () => {
    const answer = await put(OTHER, CREATE);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(OTHER);
    expect(answer.headers.has('location')).toBe(false);
  });

  it('creates with If-None-Match: *, in brief where that is preferred', async () => {
    const prefer = 'create-if-missing, return=minimal';
    const answer = await put(OTHER, { prefer, 'if-none-match': '*' }, BO);

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('location')).toBe(answer.headers.get('odata-entityid'));
  });

  it('creates once where three ask in the same instant', async () => {
    for (let round = 0; round < 10; round += 1) {
      const path = `${COLLECTION}/new${String(round)}`;
      const answers = await Promise.all(
        [1, 2, 3].map((devicesCount) => put(userStatus({ devicesCount }), CREATE, path)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    }
  });
});

describe('replacements in one change set', () => {
  function toPut(id: string, devicesCount: number, headers = ''): string {
    const url = `${COLLECTION.slice(1)}/${id}`;
    const body = JSON.stringify(userStatus({ devicesCount }));
    return `PUT /${url} HTTP/1.1\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
  }

  it('are made in their order, each over what those before it left', async () => {
    const statuses = await sendChangeSet(app, [
      toPut('alex', 1),
      toPut('bo', 2, 'Prefer: create-if-missing\r\n'),
      toPut('bo', 3),
    ]);

    expect(statuses).toBe('200 201 200');
    expect((await read()).text).toContain('"devicesCount":1,');
    expect((await read(BO)).text).toContain('"devicesCount":3,');
  });

  it('are not made where one is refused', async () => {
    const before = await read();

    expect(await sendChangeSet(app, [toPut('alex', 1), toPut('bo', 2)])).toBe('404');
    expect(await read()).toEqual(before);
  });
});

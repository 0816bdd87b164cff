import { beforeAll, describe, expect, it } from '@jest/globals';

import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

/** Nothing here is stored, so that the tests need no world of their own: the last one counts the rows. */
let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
});

function refusal(code: string, target?: string) {
  return {
    status: 400,
    body: { error: target === undefined ? { code } : { code, target } },
  };
}

describe('a body that is no JSON object', () => {
  const example = JSON.stringify(userStatus());

  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['a byte order mark alone', '\ufeff'],
    ['text', 'hello'],
    ['an open object', example.slice(0, -1)],
    ['something behind the object', `${example}x`],
    ['single quotes', example.replaceAll('"', "'")],
    ['a comma too many', example.replace(/}$/, ',}')],
    ['a comment', `/* */${example}`],
    ['NaN', example.replace('12', 'NaN')],
    ['a leading zero', example.replace('12', '012')],
    ['a hexadecimal number', example.replace('12', '0x0c')],
    ['a line break in a string', example.replace('Display', '\n')],
    ['an array', `[${example}]`],
    ['a string', '"x"'],
    ['a number', '12'],
    ['true', 'true'],
    ['null', 'null'],
    ['a member named twice', example.replace(/}$/, ',"devicesCount":13}')],
    ['a member named twice, once with escapes', example.replace(/}$/, ',"devices\\u0043ount":13}')],
    ['an annotation named twice', example.replace(/}$/, ',"a@b":1,"a@b":1}')],
    ['a member named twice deep inside', example.replace(/}$/, ',"a@b":[{"x":{"y":1,"y":2}}]}')],
    ['nesting beyond measure', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['invalid UTF-8', Buffer.from(example.replace('Display', '\xff'), 'latin1')],
    ['an overlong encoding', Buffer.from(example.replace('Display', '\xc0\xaf'), 'latin1')],
    ['UTF-16', Buffer.from(example, 'utf16le')],
  ])('is refused: %s', async (_what, body) => {
    const answer = await app.send('POST', COLLECTION, body, { 'content-type': 'application/json' });

    expect(answer).toMatchObject(refusal('BadRequest'));
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;odata.metadata=minimal;IEEE754Compatible=false; Charset="UTF-8"',
  ])('is read as JSON when it comes as %s', async (type) => {
    const answer = await app.send('POST', COLLECTION, '{', { 'content-type': type });

    expect(answer).toMatchObject(refusal('BadRequest'));
  });

  it('may begin with a byte order mark', async () => {
    const answer = await app.send('POST', COLLECTION, '\ufeff{}');

    expect(answer).toMatchObject(refusal('ModelValidationFailure'));
  });
});

describe('a property', () => {
  const LONE_SURROGATE = '\ud800';

  it.each<[string, string, unknown]>([
    ...[
      'devicesCount',
      'lastReportedDateTime',
      'status',
      'userDisplayName',
      'userPrincipalName',
    ].map((name): [string, string, unknown] => [name, 'absent', undefined]),
    ...['devicesCount', 'lastReportedDateTime', 'status', '@odata.type'].map(
      (name): [string, string, unknown] => [name, 'null', null],
    ),
    ['devicesCount', 'a string', '12'],
    ['devicesCount', 'a fraction', 1.5],
    ['devicesCount', 'a boolean', true],
    ['devicesCount', 'above the range', 2_147_483_648],
    ['devicesCount', 'below the range', -2_147_483_649],
    ['devicesCount', 'an array', [12]],
    ['devicesCount', 'an object', {}],
    ['lastReportedDateTime', 'without a zone', '2017-01-01T00:00:17'],
    ['lastReportedDateTime', 'a date only', '2017-01-01'],
    ['lastReportedDateTime', 'a number', 1_483_228_817],
    ['lastReportedDateTime', 'the hour 24', '2017-01-01T24:00:00Z'],
    ['lastReportedDateTime', '30 February', '2017-02-30T00:00:00Z'],
    ['lastReportedDateTime', '29 February of a common year', '2100-02-29T00:00:00Z'],
    ['lastReportedDateTime', 'the month 13', '2017-13-01T00:00:00Z'],
    ['lastReportedDateTime', 'the day 0', '2017-01-00T00:00:00Z'],
    ['lastReportedDateTime', 'the minute 60', '2017-01-01T00:60:00Z'],
    ['lastReportedDateTime', 'a leap second', '2016-12-31T23:59:60Z'],
    ['lastReportedDateTime', 'the offset 24:00', '2017-01-01T00:00:00+24:00'],
    ['lastReportedDateTime', 'an offset without a colon', '2017-01-01T00:00:00+0100'],
    ['lastReportedDateTime', 'thirteen fractional digits', '2017-01-01T00:00:00.1234567890123Z'],
    ['lastReportedDateTime', 'a point without digits', '2017-01-01T00:00:00.Z'],
    ['lastReportedDateTime', 'a fraction of a minute', '2017-01-01T00:00.5Z'],
    ['lastReportedDateTime', 'a space for the T', '2017-01-01 00:00:00Z'],
    ['lastReportedDateTime', 'a space behind it', '2017-01-01T00:00:00Z '],
    ['lastReportedDateTime', 'a line break behind it', '2017-01-01T00:00:00Z\n'],
    ['lastReportedDateTime', 'Arabic digits', '٢٠١٧-01-01T00:00:00Z'],
    ['lastReportedDateTime', 'the empty string', ''],
    ['status', 'in another case', 'Compliant'],
    ['status', 'no member', 'fine'],
    ['status', 'a number', 2],
    ['status', 'the number as a string', '2'],
    ['status', 'a member of Object', 'toString'],
    ['status', 'an array', ['compliant']],
    ['status', 'with the type in front', "microsoft.graph.complianceStatus'compliant'"],
    ['userDisplayName', 'a number', 12],
    ['userDisplayName', 'an object', { toString: 'x' }],
    ['userDisplayName', 'of 1,025 characters', 'x'.repeat(1025)],
    ['userDisplayName', 'of 1,025 characters of two units each', '😀'.repeat(1025)],
    ['userDisplayName', 'with U+0000', 'a\0b'],
    ['userPrincipalName', 'with a lone surrogate', `a${LONE_SURROGATE}`],
    ['userPrincipalName', 'a boolean', false],
    ['id', 'empty', ''],
    ['id', 'a number', 12],
    ['id', 'of 257 characters', 'k'.repeat(257)],
    ['id', 'with a control character', 'a\tb'],
    ['id', 'with U+0085', 'a\u0085b'],
    ['id', 'with a lone surrogate', LONE_SURROGATE],
    ['@odata.type', 'another type', '#microsoft.graph.user'],
    ['@odata.type', 'in another case', '#Microsoft.Graph.DeviceConfigurationUserStatus'],
    ['DevicesCount', 'in another case', 12],
    ['admin', 'unknown', true],
    ['__proto__', 'a name with a meaning in JavaScript', { status: 'compliant' }],
    ['constructor', 'a name with a meaning in JavaScript', 'x'],
    ['toString', 'a name with a meaning in JavaScript', null],
    ['', 'nameless', 1],
  ])('is refused: %s %s', async (target, _what, value) => {
    const members = Object.entries(userStatus()).filter(([name]) => name !== target);
    if (value !== undefined) members.push([target, value]);
    // By hand, so that `__proto__` is a member like any other.
    const body = `{${members.map(([name, v]) => `${JSON.stringify(name)}:${JSON.stringify(v)}`).join()}}`;
    const answer = await app.send('POST', COLLECTION, body);

    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'ModelValidationFailure',
          message: expect.stringContaining(`'${target}'`),
          target,
          details: [{ code: 'ModelValidationFailure', target }],
        },
      },
    });
  });

  it.each(['1e400', '-1e400', '12345678901234567890', '9'.repeat(500)])(
    'is refused by name where no number can hold it: %s',
    async (number) => {
      const body = JSON.stringify(userStatus({ status: 'fine' })).replace(':12,', `:${number},`);
      const { status, body: answer } = await app.send('POST', COLLECTION, body);

      expect(status).toBe(400);
      expect(answer).toMatchObject({
        error: {
          code: 'ModelValidationFailure',
          details: [{ target: 'devicesCount' }, { target: 'status' }],
        },
      });
    },
  );

  it('says what would be right', async () => {
    const { body } = await app.send('POST', COLLECTION, userStatus({ devicesCount: '12' }));

    expect(body).toMatchObject({
      error: { message: "'devicesCount' must be an integer from -2147483648 to 2147483647." },
    });
  });
});

describe('several faults', () => {
  it('are all named in one answer', async () => {
    const answer = await app.send('POST', COLLECTION, {
      '@odata.type': '#microsoft.graph.user',
      id: '',
      admin: true,
      devicesCount: '12',
      status: 'fine',
      userDisplayName: null,
    });
    const { error } = answer.body as { error: { details: { target: string; message: string }[] } };

    expect(answer.status).toBe(400);
    expect(error.details.map(({ target }) => target).sort()).toEqual([
      '@odata.type',
      'admin',
      'devicesCount',
      'id',
      'lastReportedDateTime',
      'status',
      'userPrincipalName',
    ]);
    expect(error.details.every(({ message }) => message.endsWith('.'))).toBe(true);
  });

  it('are named with no more than 256 characters of the name', async () => {
    const name = '\u0001'.repeat(10_000);
    const answer = await app.send('POST', COLLECTION, userStatus({ [name]: 1 }));

    expect(answer).toMatchObject({
      status: 400,
      body: { error: { target: `${name.slice(0, 256)}…` } },
    });
    expect(answer.text.length).toBeLessThan(10_000);
  });

  it('are counted, and a hundred of them listed', async () => {
    const body = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`p${String(i)}`, i]));
    const answer = await app.send('POST', COLLECTION, userStatus(body));
    const { error } = answer.body as { error: { message: string; details: unknown[] } };

    expect(error.message).toContain('3000');
    expect(error.details).toHaveLength(100);
  });
});

describe('a URL', () => {
  const root = '/v1.0/deviceManagement/deviceConfigurations';

  it.each([
    ['an unquoted key', `${root}(12)/userStatuses`],
    ['an open quote', `${root}('x)/userStatuses`],
    ['an open parenthesis', `${root}('x'/userStatuses`],
    ['a quote that is not doubled', `${root}('o'neil')/userStatuses`],
    ['another key property', `${root}(name='x')/userStatuses`],
    ['an empty key', `${root}('')/userStatuses`],
    ['an empty segment for a key', `${root}//userStatuses`],
    ['an empty segment for a key, and a navigation', `${root}//rootCertificate/userStatuses`],
    ['an empty key of an entity', `${root}/x/userStatuses('')`],
    ['no key of an entity', `${root}/x/userStatuses()`],
    ['an empty segment for the key of an entity', `${root}/x/userStatuses//y`],
    ['a control character in a key', `${root}/a%00b/userStatuses`],
    ['a key of 257 characters', `${root}/${'k'.repeat(257)}/userStatuses`],
    ['bytes that are no UTF-8', `${root}/%E0%A4%A/userStatuses`],
    ['a lone per cent', `${root}/100%/userStatuses`],
    ['bytes that are no UTF-8 elsewhere', '/x/%E0%A4%A'],
    ['bytes that are no UTF-8 in the query', `${COLLECTION}?$format=%FF`],
  ])('is refused with %s', async (_what, path) => {
    expect(await app.send('POST', path, userStatus())).toMatchObject(refusal('BadRequest'));
  });

  it.each([
    ['another path', '/v1.0/users'],
    ['the parent', `${root}/x`],
    ['a navigation alone', `${root}/x/rootCertificate`],
    ['an unknown navigation', `${root}/x/otherCertificate/userStatuses`],
    [
      'navigations in the wrong order',
      `${root}/x/rootCertificate/identityCertificate/userStatuses`,
    ],
    ['a missing key', `${root}/userStatuses`],
    ['a type cast for a key', `${root}/microsoft.graph.x/userStatuses`],
    ['a system segment for a key', `${root}/$count/userStatuses`],
    ['two casts', `${root}/x/microsoft.graph.x/microsoft.graph.y/userStatuses`],
    ['two versions', `/v1.0/beta/deviceManagement/deviceConfigurations/x/userStatuses`],
    ['another version', `/v2.0/deviceManagement/deviceConfigurations/x/userStatuses`],
    ['something behind the entity', `${root}/x/userStatuses/y/z`],
    ['an encoded slash for a slash', `${root}/x%2FuserStatuses`],
  ])('is not found with %s', async (_what, path) => {
    expect(await app.send('POST', path, userStatus())).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    });
  });

  it.each(['y', "('y')", '/' + 'k'.repeat(257), '/%00'].map((key) => key.replace(/^y/, '/y')))(
    'is not found with the key %s that nobody has',
    async (key) => {
      expect(await app.send('GET', COLLECTION + key)).toMatchObject({
        status: 404,
        body: { error: { code: 'ResourceNotFound' } },
      });
    },
  );
});

describe('a query option', () => {
  it.each([
    ['$filter', "?$filter=status eq 'error'"],
    ['orderby', '?orderby=id'],
    ['$top', '?%24top=1'],
    ['$foo', '?$foo=1'],
    ['$', '?$=1'],
    ['$format', '?$format=json&$format=json'],
    ['FORMAT', '?$format=json&FORMAT=json'],
    ['$select', '?$select=password'],
    ['$select', '?select='],
  ])('is refused by its name: %s', async (target, query) => {
    expect(await app.send('POST', COLLECTION + query, userStatus())).toMatchObject(
      refusal('BadRequest', target),
    );
  });

  it.each([
    ['$Expand', '?$Expand=x'],
    ['compute', '?compute=1 add 1 as x'],
    ['$schemaversion', '?$schemaversion=1'],
  ])('is refused as not implemented: %s', async (target, query) => {
    expect(await app.send('POST', COLLECTION + query, userStatus())).toMatchObject({
      status: 501,
      body: { error: { code: 'NotImplemented', target } },
    });
  });

  it('is not OData and not ours to judge without $', async () => {
    const answer = await app.send('POST', `${COLLECTION}?api-version=1&x&y=&&format=json`, {});

    expect(answer).toMatchObject(refusal('ModelValidationFailure'));
  });
});

describe('an Accept header', () => {
  it.each([
    ['application/xml', ''],
    ['text/html, image/*', ''],
    ['application/json;q=0', ''],
    ['application/json;q=0, text/plain', ''],
    ['application/json;odata.metadata=everything', ''],
    ['application/json', '?$format=xml'],
    ['application/json', '?$format=application/atom%2Bxml'],
    ['application/json', '?$format='],
  ])('is refused that takes no JSON: %s%s', async (accept, query) => {
    const answer = await app.send('POST', COLLECTION + query, userStatus(), { accept });

    expect(answer).toMatchObject({ status: 406, body: { error: { code: 'NotAcceptable' } } });
  });
});

describe('an OData version', () => {
  it.each([
    [{ 'odata-maxversion': '3.0' }, 'BadRequest'],
    [{ 'odata-maxversion': 'four' }, 'BadRequest'],
    [{ 'odata-version': '5.0' }, 'BadRequest'],
    [{ 'odata-version': '5.0;4.0' }, 'BadRequest'],
    [{ 'odata-maxversion': '3.0;NetFx' }, 'BadRequest'],
    [{ 'odata-maxversion': ';4.0' }, 'BadRequest'],
    [{ 'odata-version': '4.0;NetFx', 'odata-maxversion': '4.0;NetFx' }, 'ModelValidationFailure'],
    [{ 'odata-version': '4.01 ; "x;y"', 'odata-maxversion': '4.01;' }, 'ModelValidationFailure'],
    [{ 'odata-version': '4.0', 'odata-maxversion': '4.0' }, 'ModelValidationFailure'],
    [{ 'odata-version': '4.01', 'odata-maxversion': '4.01' }, 'ModelValidationFailure'],
    [{ 'odata-maxversion': '10.0' }, 'ModelValidationFailure'],
  ])('%j leads to %s', async (headers, code) => {
    expect(await app.send('POST', COLLECTION, {}, headers)).toMatchObject(refusal(code));
  });
});

it('stored nothing of all that', async () => {
  expect(await app.database.query('SELECT count(*) AS n FROM user_status')).toEqual([{ n: 0 }]);
});

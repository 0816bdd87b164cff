import { beforeAll, describe, expect, it } from '@jest/globals';

import { idsIn, pageOf, refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION } from '../support/user-status.js';

// Nothing here writes: one world serves every row.
let app: TestApp;

const EVERYBODY = 'alex bo cy dee eve';

beforeAll(async () => {
  app = await borrowTestApp();
  await seed(app, {
    alex: {
      devicesCount: 2,
      status: 'error',
      userDisplayName: 'Zoë Ångström',
      userPrincipalName: 'zoe@contoso.com',
      lastReportedDateTime: '2024-01-01T00:00:00+02:00',
    },
    bo: {
      devicesCount: -1,
      status: 'compliant',
      userDisplayName: null,
      userPrincipalName: null,
      lastReportedDateTime: '9999-12-31T23:59:59.9999999Z',
    },
    cy: {
      devicesCount: 2,
      status: 'unknown',
      userDisplayName: 'zoë "the cat"',
      userPrincipalName: 'cat and dog',
      lastReportedDateTime: '2023-12-31T23:00:00Z',
    },
    dee: {
      devicesCount: 10,
      status: 'error',
      userDisplayName: '😀 ΟΔΟΣΑ',
      userPrincipalName: null,
      lastReportedDateTime: '2023-12-31T22:00:00.0000001Z',
    },
    eve: {
      devicesCount: 2_147_483_647,
      status: 'notAssigned',
      userDisplayName: '\uffee',
      userPrincipalName: 'STRASSE 100%',
      lastReportedDateTime: '0001-01-01T00:00:00Z',
    },
  });
});

async function get(query: string, headers: Record<string, string> = {}) {
  return app.send('GET', `${COLLECTION}?${query}`, undefined, headers);
}

describe('$orderby', () => {
  it.each([
    ['id', EVERYBODY],
    ['id asc', EVERYBODY],
    ['id desc', 'eve dee cy bo alex'],
    ['id DESC', 'eve dee cy bo alex'],
    ['  id   Desc ', 'eve dee cy bo alex'],
    ['devicesCount', 'bo alex cy dee eve'],
    // The key behind goes in the direction of the item before.
    ['devicesCount desc', 'eve dee cy alex bo'],
    ['devicesCount,id desc', 'bo cy alex dee eve'],
    ['devicesCount desc,id', 'eve dee alex cy bo'],
    ['status', 'cy bo alex dee eve'],
    ['status desc,devicesCount', 'eve alex dee bo cy'],
    // As instants, at full precision.
    ['lastReportedDateTime', 'eve alex dee cy bo'],
    ['lastReportedDateTime desc', 'bo cy dee alex eve'],
    // By code point, and null before all.
    ['userDisplayName', 'bo alex cy eve dee'],
    ['userDisplayName desc', 'dee eve cy alex bo'],
    ['userPrincipalName', 'bo dee eve cy alex'],
    ['userPrincipalName desc', 'alex cy eve dee bo'],
    ['userPrincipalName,userDisplayName desc', 'dee bo eve cy alex'],
    // Expressions.
    ['length(userDisplayName)', 'bo eve dee alex cy'],
    ['devicesCount mul -1', 'eve dee alex cy bo'],
    ['devicesCount mod 2 desc,id', 'eve alex cy dee bo'],
    ["status eq 'error' desc,id", 'alex dee bo cy eve'],
    ["contains(userPrincipalName,'a')", 'bo dee alex eve cy'],
    ['year(lastReportedDateTime) desc,id', 'bo alex cy dee eve'],
    ['cast(devicesCount,Edm.String)', 'bo dee alex cy eve'],
    ['case(devicesCount gt 2:1,true:2),id', 'dee eve alex bo cy'],
    ['@p desc&@p=devicesCount', 'eve dee cy alex bo'],
    ['$it/id desc', 'eve dee cy bo alex'],
    ['null', EVERYBODY],
    ['id,status', EVERYBODY],
    ['Id desc', 'eve dee cy bo alex'],
    ['STATUS,ID', 'cy bo alex dee eve'],
    ['$it/devicescount', 'bo alex cy dee eve'],
    [Array(8).fill('status').join(','), 'cy bo alex dee eve'],
  ])('%s → %s', async (orderBy, ids) => {
    expect(idsIn(await get(`$orderby=${orderBy}`))).toBe(ids);
  });

  it.each([
    ['', 0],
    ['id,', 3],
    [',id', 0],
    ['id ascending', 3],
    ['id asc desc', 7],
    ['id;status', 2],
    ['nothing', 0],
    ['id descending', 3],
    ['nothing(id)', 0],
    ['contains(id)', 0],
    ['devicesCount div 0', 17],
    ['id desc&@p=1', undefined],
    [Array(9).fill('status').join(','), 56],
  ])('%j is refused at position %s', async (orderBy, position) => {
    const answer = await get(`$orderby=${orderBy}`);
    if (position === undefined) expect(answer.status).toBe(200);
    else expect(refusalOf(answer)).toBe(`400 BadRequest $orderby @${String(position)}`);
  });
});

describe('$select', () => {
  it.each([
    ['id', 'id', ['id']],
    ['id,status', 'id,status', ['id', 'status']],
    ['status,id', 'status,id', ['status', 'id']],
    [' id , status ', 'id,status', ['id', 'status']],
    ['id,id,status', 'id,status', ['id', 'status']],
    ['userDisplayName', 'userDisplayName', ['userDisplayName']],
    // PowerShell shows names with a capital letter, and sends what it shows.
    ['Id,Status', 'id,status', ['id', 'status']],
    ['ID,id,STATUS', 'id,status', ['id', 'status']],
  ])('%j answers those and no other', async (select, written, names) => {
    const page = pageOf(await get(`$select=${select}&$top=1`));

    expect(page['@odata.context'].endsWith(`/userStatuses(${written})`)).toBe(true);
    expect(Object.keys(page.value[0]!).filter((name) => !name.startsWith('@'))).toEqual(names);
  });

  it('* answers all of them, and says so', async () => {
    const page = pageOf(await get('$select=*&$top=1'));
    const all = pageOf(await get('$top=1'));

    expect(page['@odata.context'].endsWith('/userStatuses(*)')).toBe(true);
    expect(page.value).toEqual(all.value);
  });

  it('without the key still tells which entity it is', async () => {
    const [alex] = pageOf(await get('$select=status')).value;

    expect(alex).toEqual({
      '@odata.type': '#microsoft.graph.deviceConfigurationUserStatus',
      '@odata.etag': expect.stringMatching(/^W\//),
      '@odata.id': expect.stringMatching(/^deviceManagement\/.*\/userStatuses\('alex'\)$/),
      status: 'error',
    });
  });

  it('holds for one entity, too', async () => {
    const answer = await app.send('GET', `${COLLECTION}/alex?$select=id,status`);

    expect(answer.body).toMatchObject({
      '@odata.context': expect.stringMatching(/\/userStatuses\(id,status\)\/\$entity$/),
      id: 'alex',
      status: 'error',
    });
    expect(answer.text).not.toContain('devicesCount');
  });

  it.each(['', ',', 'id,', 'nothing', 'id,nothing', 'Ids', '*,nothing', 'id/x', 'revision'])(
    '%j is refused',
    async (select) => {
      expect(refusalOf(await get(`$select=${select}`))).toBe('400 BadRequest $select');
    },
  );
});

describe('$search', () => {
  it.each([
    ['zoë', 'alex cy'],
    ['ZOË', 'alex cy'],
    ['ångström', 'alex'],
    ['zo', 'alex cy'],
    ['contoso', 'alex'],
    ['zoë cat', 'cy'],
    ['zoë AND cat', 'cy'],
    ['contoso OR dog', 'alex cy'],
    // Side by side binds more tightly than OR.
    ['contoso OR zoë dog', 'alex cy'],
    ['(contoso OR zoë) dog', 'cy'],
    ['zoë NOT cat', 'alex'],
    ['zoë AND NOT cat', 'alex'],
    ['NOT zoë', 'bo dee eve'],
    ['NOT NOT zoë', 'alex cy'],
    ['NOT (zoë OR strasse)', 'bo dee'],
    ['"cat and dog"', 'cy'],
    ['"cat dog"', ''],
    ['"the cat"', 'cy'],
    ['"\\"the cat\\""', 'cy'],
    ['"NOT"', ''],
    // Operators are in capitals; other words are terms.
    ['cat and dog', 'cy'],
    ['not', ''],
    ['😀', 'dee'],
    // Every form of a letter is the same letter.
    ['οδοσα', 'dee'],
    ['ΟΔΟΣ', 'dee'],
    ['οδος', 'dee'],
    ['straße', 'eve'],
    // Neither is a wildcard, and other properties are not looked into.
    ['100%25', 'eve'],
    ['z_e', ''],
    ['error', ''],
    ['alex', ''],
    ['nobody', ''],
  ])('%s → %s', async (search, ids) => {
    expect(idsIn(await get(`$search=${search}`))).toBe(ids);
  });

  it('goes together with $filter, $orderby and $count', async () => {
    const answer = await get(
      '$search=zoë&$filter=devicesCount eq 2&$orderby=id desc&$count=true&$top=1',
    );

    expect(idsIn(answer)).toBe('cy');
    expect(pageOf(answer)['@odata.count']).toBe(2);
  });

  it.each([
    ['', 0],
    ['%20', 1],
    ['AND', 0],
    ['a AND', 5],
    ['a OR', 4],
    ['OR a', 0],
    ['NOT', 3],
    ['a AND AND b', 6],
    ['"a', 0],
    ['a"', 1],
    ['""', 0],
    ['(a', 2],
    ['a)', 1],
    ['()', 1],
    ['a%00', 0],
    ['x'.repeat(1025), 1024],
    [Array(51).fill('x').join(' '), 100],
    [`${'('.repeat(21)}x${')'.repeat(21)}`, 20],
  ])('%j is refused at position %i', async (search, position) => {
    expect(refusalOf(await get(`$search=${search}`))).toBe(
      `400 BadRequest $search @${String(position)}`,
    );
  });
});

describe('options', () => {
  it.each([
    ["filter=id eq 'bo'"],
    ["%24filter=id eq 'bo'"],
    ["$FILTER=id eq 'bo'"],
    ["Filter=id eq 'bo'"],
    ["&&$filter=id eq 'bo'&"],
    ["$filter=id eq 'bo'&custom=1&custom=2&x$y=3"],
    ["$filter=id%20eq%20'bo'&sap-client=100"],
  ])('are read in every spelling: %s', async (query) => {
    expect(idsIn(await get(query))).toBe('bo');
  });

  it.each([
    ['$top=-1', '$top'],
    ['$top=1.5', '$top'],
    ['$top=1e2', '$top'],
    ['$top=abc', '$top'],
    ['$top=', '$top'],
    ['$top', '$top'],
    ['$top=+1', '$top'],
    ['$top=%2B1', '$top'],
    ['$top= 1', '$top'],
    ['$top=0x10', '$top'],
    ['top=-0', '$top'],
    ['$skip=-1', '$skip'],
    ['$skip=1.5', '$skip'],
    ['$skip=', '$skip'],
    ['$skip=%2B1', '$skip'],
    ['$count=yes', '$count'],
    ['$count=1', '$count'],
    ['$count=', '$count'],
    // Twice, in any two spellings.
    ['$filter=true&$filter=true', '$filter'],
    ['$filter=true&filter=true', 'filter'],
    ['$top=1&$TOP=1', '$TOP'],
    ['$count=true&%24count=true', '$count'],
    ['@p=1&@p=1', '@p'],
    // Unknown, or not for this.
    ['$nothing=1', '$nothing'],
    ['$=1', '$'],
    ['$$filter=true', '$$filter'],
    ['$id=1', '$id'],
    ['id=1', 'id'],
    ['$index=1', '$index'],
  ])('are refused by name: %s', async (query, target) => {
    expect(refusalOf(await get(query))).toBe(`400 BadRequest ${target}`);
  });

  it.each([
    '$expand=x',
    'expand=x',
    '$compute=x',
    '$deltatoken=x',
    '$levels=1',
    '$schemaversion=1',
  ])('are answered 501 where OData has them and the service has not: %s', async (query) => {
    expect(refusalOf(await get(query))).toBe(`501 NotImplemented ${query.split('=')[0]!}`);
  });

  it.each([
    ['$fliter=true', '$filter'],
    ['fliter=true', '$filter'],
    ['filters=true', '$filter'],
    ['$orderyb=id', '$orderby'],
    ['order=id', '$orderby'],
    ['order_by=id', '$orderby'],
    ['sort=id', '$orderby'],
    ['$tpo=1', '$top'],
    ['tpo=1', '$top'],
    ['limit=1', '$top'],
    ['page_size=1', '$top'],
    ['take=1', '$top'],
    ['page=2', '$skip'],
    ['offset=2', '$skip'],
    ['skp=2', '$skip'],
    ['conut=true', '$count'],
    ['selct=id', '$select'],
    ['fields=id', '$select'],
    ['where=true', '$filter'],
    ['q=zoë', '$search'],
  ])('are not ignored where one of OData is meant: %s', async (query, intended) => {
    const answer = await get(query);

    expect(refusalOf(answer)).toBe(`400 BadRequest ${query.split('=')[0]!}`);
    expect(answer.text).toContain(`Did you mean '${intended}'?`);
  });

  it.each([
    // What a shell leaves of `$filter` in double quotes.
    ['=true', 'single quotes'],
    ['%20=true', 'single quotes'],
    ["$filter=status eq 'error' && devicesCount gt 1", '%26'],
    ["$filter=userDisplayName eq 'a&b'", '%26'],
  ])('are not ignored where they were cut: %s', async (query, cure) => {
    const answer = await get(query);

    expect(answer.status).toBe(400);
    expect(answer.text).toContain(cure);
  });

  it.each([
    'custom',
    'api-version',
    'sap-client',
    '_',
    'x',
    'to',
    'from',
    'mount',
    'code',
    'status',
    'ship',
    'stop',
    'account',
    '__proto__',
    'constructor',
    'pages-of-a-book-that-has-many',
  ])('of others are ignored, as OData has it: %s', async (name) => {
    expect(idsIn(await get(`${name}=1`))).toBe(EVERYBODY);
  });

  it.each(['$filter=%E0%A4%A', '$filter=%FF', '$top=%'])(
    'are refused where the URL is malformed: %s',
    async (query) => {
      expect((await get(query)).status).toBe(400);
    },
  );

  it('are answered alike whatever ConsistencyLevel says', async () => {
    const plain = await get('$count=true&$search=zoë');
    const eventual = await get('$count=true&$search=zoë', { consistencylevel: 'eventual' });

    expect(eventual.status).toBe(200);
    expect(eventual.text).toBe(plain.text);
  });
});

describe('/$count', () => {
  async function count(query: string, headers: Record<string, string> = {}) {
    return app.send('GET', `${COLLECTION}/$count${query}`, undefined, headers);
  }

  it.each([
    ['', '5'],
    ["?$filter=status eq 'error'", '2'],
    ['?$search=zoë', '2'],
    ["?$search=zoë&$filter=status eq 'error'", '1'],
    ['?filter=false', '0'],
    ['?custom=1', '5'],
  ])('of %j is %s, in plain text', async (query, text) => {
    const answer = await count(query);

    expect(answer.status).toBe(200);
    expect(answer.text).toBe(text);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain;charset=utf-8',
      'content-length': '1',
      'odata-version': '4.0',
      'cache-control': 'no-store',
    });
  });

  it.each([
    'text/plain;q=0.9',
    'text/plain',
    'TEXT/PLAIN;charset=utf-8',
    'text/*',
    '*/*',
    'application/json, text/plain, */*',
    'application/json, */*;q=0.1',
    'application/json',
    'application/json;odata.metadata=minimal',
    'application/xml',
    'text/html',
    'text/plain;q=0',
  ])('is answered to "Accept: %s"', async (accept) => {
    expect((await count('', { accept })).text).toBe('5');
  });

  it.each(['$format=json', 'format=xml', "$filter=status eq 'error'&$format=application/json"])(
    'is text whatever is said by %s',
    async (query) => {
      const answer = await count(`?${query}`);

      expect(answer.headers.get('content-type')).toBe('text/plain;charset=utf-8');
      expect(answer.text).toBe(query.includes('error') ? '2' : '5');
    },
  );

  it.each([
    ['$top=1', '400 BadRequest $top'],
    ['$skip=1', '400 BadRequest $skip'],
    ['$orderby=id', '400 BadRequest $orderby'],
    ['$select=id', '400 BadRequest $select'],
    ['$count=true', '400 BadRequest $count'],
    ['$skiptoken=x', '400 BadRequest $skiptoken'],
    ['$expand=x', '501 NotImplemented $expand'],
    ['$filter=nothing', '400 BadRequest $filter @0'],
    ['$search=', '400 BadRequest $search @0'],
  ])('refuses %s', async (query, refusal) => {
    expect(refusalOf(await count(`?${query}`))).toBe(refusal);
  });

  it('is answered to HEAD, and to no other method', async () => {
    const head = await app.send('HEAD', `${COLLECTION}/$count`);
    const post = await app.send('POST', `${COLLECTION}/$count`, {});

    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '1']);
    expect(refusalOf(post)).toBe('405 MethodNotAllowed');
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  });
});

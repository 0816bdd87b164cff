import { beforeEach, describe, expect, it } from '@jest/globals';

import { refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

const NAVIGATIONS = [
  '',
  '/rootCertificate',
  '/identityCertificate',
  '/identityCertificate/rootCertificate',
];

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

function pathOf(navigation = '', key = '/x', root = '/v1.0'): string {
  return `${root}/deviceManagement/deviceConfigurations${key}${navigation}`;
}

async function overviewOf(navigation = '', query = '') {
  return app.send('GET', `${pathOf(navigation)}/userStatusOverview${query}`);
}

const NOTHING = {
  pendingCount: 0,
  notApplicableCount: 0,
  successCount: 0,
  errorCount: 0,
  failedCount: 0,
  conflictCount: 0,
  lastUpdateDateTime: '0001-01-01T00:00:00Z',
  configurationVersion: 0,
};

it.each(NAVIGATIONS)('is all zeros where there is no status, below "%s"', async (navigation) => {
  const answer = await overviewOf(navigation);

  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    '@odata.context': `${app.url}/v1.0/$metadata#deviceManagement/deviceConfigurations('x')${navigation}/userStatusOverview/$entity`,
    '@odata.type': '#microsoft.graph.deviceConfigurationUserOverview',
    id: 'x',
    ...NOTHING,
  });
  expect(Object.keys(answer.body as object)[0]).toBe('@odata.context');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json;odata\.metadata=minimal/),
    'odata-version': '4.0',
    'cache-control': 'no-store',
  });
  expect(answer.headers.has('etag')).toBe(false);
});

it.each([
  ['unknown', 'pendingCount'],
  ['notApplicable', 'notApplicableCount'],
  ['compliant', 'successCount'],
  ['remediated', 'successCount'],
  ['nonCompliant', 'failedCount'],
  ['error', 'errorCount'],
  ['conflict', 'conflictCount'],
  ['notAssigned', 'pendingCount'],
])('counts %s in %s', async (status, count) => {
  await seed(app, { a: { status }, b: { status } }, `${pathOf()}/userStatuses`);

  expect((await overviewOf()).body).toMatchObject({
    ...NOTHING,
    [count]: 2,
    lastUpdateDateTime: '2017-01-01T00:00:17.7769392-08:00',
  });
});

it('counts all of them together, for its own collection alone', async () => {
  const statuses = ['unknown', 'notAssigned', 'compliant', 'remediated', 'compliant', 'error'];
  for (const [i, navigation] of NAVIGATIONS.entries()) {
    const rows = statuses.slice(i).map((status, at) => [`u${String(at)}`, { status }] as const);
    await seed(app, Object.fromEntries(rows), `${pathOf(navigation)}/userStatuses`);
  }

  const counts = await Promise.all(
    NAVIGATIONS.map(async (navigation) => (await overviewOf(navigation)).body),
  );
  expect(counts).toMatchObject([
    { pendingCount: 2, successCount: 3, errorCount: 1 },
    { pendingCount: 1, successCount: 3, errorCount: 1 },
    { pendingCount: 0, successCount: 3, errorCount: 1 },
    { pendingCount: 0, successCount: 2, errorCount: 1 },
  ]);
});

it.each([
  // Compared as instants, at full precision, and told as it was sent.
  [['2024-01-01T00:00:00Z', '2023-12-31T23:00:00-02:00'], '2023-12-31T23:00:00-02:00'],
  [['2024-01-01T00:00:00+00:00', '2024-01-01T01:00:00+02:00'], '2024-01-01T00:00:00+00:00'],
  [
    ['2024-01-01T00:00:00.000000000001Z', '2024-01-01T00:00:00Z'],
    '2024-01-01T00:00:00.000000000001Z',
  ],
  [['9999-12-31T23:59:59.9999999Z', '2024-01-01T00:00Z'], '9999-12-31T23:59:59.9999999Z'],
  [['0001-01-01T00:00:00Z', '0000-01-01T00:00Z'], '0001-01-01T00:00:00Z'],
])('tells the latest report of %j', async (times, latest) => {
  // In different statuses, the latest being in either.
  for (const [one, other] of [
    ['compliant', 'error'],
    ['error', 'compliant'],
    ['error', 'error'],
  ] as const) {
    const configuration = pathOf('', `/${one}${other}`);
    await seed(
      app,
      {
        a: { status: one, lastReportedDateTime: times[0] },
        b: { status: other, lastReportedDateTime: times[1] },
      },
      `${configuration}/userStatuses`,
    );
    const answer = await app.send('GET', `${configuration}/userStatusOverview`);

    expect(answer.body).toMatchObject({ lastUpdateDateTime: latest });
  }
});

it('follows every write', async () => {
  await seed(app, { a: { status: 'error' }, b: { status: 'error' } }, `${pathOf()}/userStatuses`);
  await app.send('PATCH', `${pathOf()}/userStatuses/a`, { status: 'compliant' });
  await app.send('DELETE', `${pathOf()}/userStatuses/b`);

  expect((await overviewOf()).body).toMatchObject({ successCount: 1, errorCount: 0 });
});

it.each([
  ["('a''b%2Fc')", "a'b/c", "('a''b%2Fc')"],
  ["(id='x')", 'x', "('x')"],
  ['/x/microsoft.graph.iosUpdateConfiguration', 'x', "('x')"],
])('has the key of its configuration for an id: %s', async (key, id, predicate) => {
  const answer = await app.send('GET', `${pathOf('', key, '/beta')}/USERSTATUSOVERVIEW`);

  expect(answer.body).toMatchObject({
    '@odata.context': `${app.url}/beta/$metadata#deviceManagement/deviceConfigurations${predicate}/userStatusOverview/$entity`,
    id,
  });
});

it('tells nothing about itself with odata.metadata=none', async () => {
  const answer = await overviewOf('', '?$format=application/json;odata.metadata=none');

  expect(answer.body).toEqual({ id: 'x', ...NOTHING });
});

it.each([
  ['?$select=', '400 BadRequest $select'],
  ['?$select=devicesCount', '400 BadRequest $select'],
  ['?$select=successCount,revision', '400 BadRequest $select'],
  ['?$select=constructor', '400 BadRequest $select'],
  ['?$select=@odata.type', '400 BadRequest $select'],
  ['?$select=id&select=id', '400 BadRequest select'],
  ['?$filter=true', '400 BadRequest $filter'],
  ['?$expand=x', '501 NotImplemented $expand'],
  ['?$format=xml', '406 NotAcceptable'],
  ['/devicesCount', '404 ResourceNotFound'],
  ['/constructor', '404 ResourceNotFound'],
  ['/$value', '404 ResourceNotFound'],
  ['/$count', '404 ResourceNotFound'],
  ['/errorCount/$count', '404 ResourceNotFound'],
  ['/errorCount/$value/x', '404 ResourceNotFound'],
  ['/errorCount/errorCount', '404 ResourceNotFound'],
  ['/errorCount?$select=errorCount', '400 BadRequest $select'],
  ['/errorCount?$format=xml', '406 NotAcceptable'],
  ['/errorCount/$value?$format=json', '400 BadRequest $format'],
  ['/errorCount?$expand=x', '501 NotImplemented $expand'],
  ["('x')", '404 ResourceNotFound'],
])('refuses %s', async (query, refusal) => {
  expect(refusalOf(await overviewOf('', query))).toBe(refusal);
});

it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  'does not take %s, and says what it takes',
  async (method) => {
    for (const end of ['', '/errorCount', '/errorCount/$value']) {
      const answer = await app.send(method, `${pathOf()}/userStatusOverview${end}`, {});

      expect(refusalOf(answer)).toBe('405 MethodNotAllowed');
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
  },
);

describe('$select', () => {
  it.each([
    ['successCount', ['successCount'], 'successCount'],
    ['errorCount,%20successCount', ['errorCount', 'successCount'], 'errorCount,successCount'],
    ['id,lastUpdateDateTime', ['id', 'lastUpdateDateTime'], 'id,lastUpdateDateTime'],
    ['id,id', ['id'], 'id'],
    ['*', ['id', ...Object.keys(NOTHING)], '*'],
  ])('answers %s alone, and says so in the context', async (select, names, written) => {
    await seed(app, { a: { status: 'error' } }, `${pathOf()}/userStatuses`);
    const { status, body } = await overviewOf('', `?$select=${select}`);
    const whole = (await overviewOf()).body as Record<string, unknown>;

    expect(status).toBe(200);
    expect(body).toEqual({
      '@odata.context': `${app.url}/v1.0/$metadata#deviceManagement/deviceConfigurations('x')/userStatusOverview(${written})/$entity`,
      '@odata.type': '#microsoft.graph.deviceConfigurationUserOverview',
      ...Object.fromEntries(names.map((name) => [name, whole[name]])),
    });
  });

  it('answers nothing else with odata.metadata=none', async () => {
    const query = '?select=errorCount&$format=application/json;odata.metadata=none';

    expect((await overviewOf('', query)).text).toBe('{"errorCount":0}');
  });
});

describe.each(NAVIGATIONS)('a property, below "%s"', (navigation) => {
  it.each([
    ['id', 'x'],
    ['pendingCount', 0],
    ['successCount', 2],
    ['errorCount', 1],
    ['lastUpdateDateTime', '2017-01-01T00:00:17.7769392-08:00'],
    ['configurationVersion', 0],
  ])('%s is answered with its context, and bare as text', async (name, value) => {
    const statuses = { a: 'compliant', b: 'remediated', c: 'error' };
    const rows = Object.entries(statuses).map(([id, status]) => [id, { status }] as const);
    await seed(app, Object.fromEntries(rows), `${pathOf(navigation)}/userStatuses`);
    const property = await overviewOf(navigation, `/${name}`);
    const raw = await overviewOf(navigation, `/${name}/$value`);

    expect(property.status).toBe(200);
    expect(property.body).toEqual({
      '@odata.context': `${app.url}/v1.0/$metadata#deviceManagement/deviceConfigurations('x')${navigation}/userStatusOverview/${name}`,
      value,
    });
    expect([raw.status, raw.text]).toEqual([200, String(value)]);
    expect(raw.headers.get('content-type')).toBe('text/plain;charset=utf-8');
    for (const { headers } of [property, raw]) {
      expect(headers.get('odata-version')).toBe('4.0');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.has('etag')).toBe(false);
    }
  });
});

it('has each of its properties at a path of its own, in any case of letters', async () => {
  for (const [name, value] of Object.entries(NOTHING)) {
    const answer = await overviewOf('', `/${name.toUpperCase()}/`);
    const raw = await overviewOf('', `/${name.toLowerCase()}/$VALUE`);

    expect(answer.body).toMatchObject({ value });
    expect(answer.text).toContain(`/userStatusOverview/${name}"`);
    expect(raw.text).toBe(String(value));
  }
});

it.each(['', '/errorCount', '/errorCount/$value'])(
  'has no entity tag that If-Match could name: %s',
  async (end) => {
    const answer = await app.send('GET', `${pathOf()}/userStatusOverview${end}`, undefined, {
      'if-match': 'W/"x"',
    });

    expect(refusalOf(answer)).toBe('412 PreconditionFailed');
  },
);

it.each(['', '/errorCount', '/errorCount/$value'])(
  'is read with a token that may read, and with no other: %s',
  async (end) => {
    const path = `${pathOf()}/userStatusOverview${end}`;
    const reader = { authorization: `Bearer ${app.readToken}` };

    expect((await app.send('GET', path, undefined, reader)).status).toBe(200);
    const stranger = await app.send('GET', path, undefined, { authorization: null });
    expect(refusalOf(stranger)).toBe('401 InvalidAuthenticationToken');
  },
);

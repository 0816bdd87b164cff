import assert from 'node:assert/strict';
import test from 'node:test';

import odataQuery from 'odata-query';

import { startService } from './support/service.mjs';
import { seed } from './support/user-status.mjs';

const buildQuery = odataQuery.default ?? odataQuery;

const service = await startService();
await seed(service, 12);

async function ids(options) {
  const headers = { authorization: `Bearer ${service.token}` };
  const response = await fetch(service.statuses + buildQuery(options), { headers });
  const body = await response.json();
  assert.equal(response.status, 200, body.error?.message);
  return [body['@odata.count'], body.value.map(({ id }) => id).join(' ')];
}

for (const [what, options, expected] of [
  ['a comparison', { filter: { devicesCount: { gt: 10 } } }, 'k011 k012'],
  ['two of them', { filter: { devicesCount: { gt: 3, le: 5 } } }, 'k004 k005'],
  ['a text', { filter: { status: 'error' } }, 'k005 k010'],
  ['a choice', { filter: { or: [{ devicesCount: 1 }, { devicesCount: 2 }] } }, 'k001 k002'],
  ['a negation', { filter: { not: { devicesCount: { lt: 12 } } } }, 'k012'],
  ['a function', { filter: { id: { startswith: 'k01' } } }, 'k010 k011 k012'],
  ['a list', { filter: { id: { in: ['k001', 'k003'] } } }, 'k001 k003'],
  ['a date', { filter: { lastReportedDateTime: { lt: new Date('2020-01-01') } } }, ''],
  ['an enum', { filter: { status: { type: 'raw', value: "'error'" } }, top: 1 }, 'k005'],
  ['a page', { orderBy: 'devicesCount desc', top: 2, skip: 1, select: ['id'] }, 'k011 k010'],
  ['a search', { search: 'Alex', top: 1 }, 'k001'],
]) {
  test(`odata-query writes ${what}`, async () => {
    assert.deepEqual(await ids({ ...options, count: true }).then(([, text]) => text), expected);
  });
}

test('odata-query asks for the number of all', async () => {
  assert.deepEqual(await ids({ top: 1, count: true }), [12, 'k001']);
});

test('odata-query writes a key', () => {
  assert.equal(buildQuery({ key: "O'Neill" }), "('O''Neill')");
});

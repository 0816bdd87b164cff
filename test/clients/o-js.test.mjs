import assert from 'node:assert/strict';
import test from 'node:test';

import { o } from 'o.js';

import { startService } from './support/service.mjs';
import { userStatus } from './support/user-status.mjs';

const STATUSES = "deviceManagement/deviceConfigurations('wifi')/userStatuses";

const { root, token } = await startService();
const Authorization = `Bearer ${token}`;

function client() {
  return o(`${root}/`, {
    headers: { Authorization, 'Content-Type': 'application/json' },
    // Its defaults are not merged, and its headers replace those above.
    batch: {
      boundaryPrefix: 'batch_',
      changsetBoundaryPrefix: 'changset_',
      endpoint: '$batch',
      headers: new Headers({ Authorization }),
    },
  });
}

test('o.js creates, reads, updates, replaces and deletes', async () => {
  const created = await client()
    .post(STATUSES, userStatus({ id: 'alex' }))
    .query();
  const entity = `${STATUSES}('alex')`;
  const read = await client().get(entity).query();
  const updated = await client().patch(entity, { status: 'error' }).query();
  const replaced = await client()
    .put(entity, userStatus({ devicesCount: 7 }))
    .query();
  const { status } = await client().delete(entity).fetch();

  assert.equal(read.lastReportedDateTime, created.lastReportedDateTime);
  assert.equal(updated.status, 'error');
  assert.deepEqual([replaced.status, replaced.devicesCount], ['compliant', 7]);
  assert.equal(status, 204);
});

test('o.js asks for a page', async () => {
  for (const devicesCount of [1, 2, 3]) {
    await client()
      .post(STATUSES, userStatus({ id: `k${devicesCount}`, devicesCount }))
      .query();
  }
  const page = await client().get(STATUSES).query({
    $filter: "userDisplayName eq 'Alex Wilber' and devicesCount gt 1",
    $orderby: 'devicesCount desc',
    $select: 'id',
  });
  const count = await client().get(`${STATUSES}/$count`).query();

  assert.deepEqual(
    page.map(({ id }) => id),
    ['k3', 'k2'],
  );
  assert.equal(count, 3);
});

test('o.js throws the response of a refusal', async () => {
  const refusal = await client()
    .get(`${STATUSES}('nobody')`)
    .query()
    .catch((response) => response);

  assert.equal(refusal.status, 404);
  assert.equal((await refusal.json()).error.code, 'ResourceNotFound');
});

test('o.js sends a multipart batch', async () => {
  const answers = await client().get(`${STATUSES}('k1')`).get(`${STATUSES}('k2')`).batch();

  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.id]),
    [
      [200, 'k1'],
      [200, 'k2'],
    ],
  );
});

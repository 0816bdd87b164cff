import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import moment from 'moment';

import { createProject, load, runTool } from './support/generated.mjs';
import { startService } from './support/service.mjs';
import { userStatus } from './support/user-status.mjs';

const { url, root, token } = await startService();

/** It knows entity sets and nothing below them: the collection of one configuration becomes one. */
const TYPE = 'microsoft.graph.deviceConfigurationUserStatus';
const metadata = await (await fetch(`${root}/$metadata`)).text();
const withSet = metadata.replace(
  '</EntityContainer>',
  `<EntitySet Name="userStatuses" EntityType="${TYPE}"/></EntityContainer>`,
);

const project = createProject('sap-cloud-sdk');
mkdirSync(join(project, 'input'));
writeFileSync(join(project, 'input/statuses.edmx'), withSet);
const options = ['--input', 'input', '--outputDir', 'out', '--skipValidation', '--overwrite'];
await runTool('generate-odata-client', options, project);
const { statuses } = await load(project, 'out/statuses/service.ts');

const destination = { url, headers: { Authorization: `Bearer ${token}` } };
const basePath = "/v1.0/deviceManagement/deviceConfigurations('wifi')";
const { userStatusesApi: api, batch } = statuses();

function execute(request) {
  return request.setBasePath(basePath).execute(destination);
}

function create(values) {
  const entity = {
    ...userStatus(values),
    lastReportedDateTime: moment('2026-01-02T03:04:05.678Z'),
  };
  return execute(api.requestBuilder().create(api.entityBuilder().fromJson(entity)));
}

test('the SAP Cloud SDK creates, reads, updates, replaces and deletes', async () => {
  const created = await create({ id: 'alex' });
  const read = await execute(api.requestBuilder().getByKey('alex'));
  read.status = 'error';
  const updated = await execute(api.requestBuilder().update(read));
  updated.status = 'conflict';
  const replace = api.requestBuilder().update(updated).replaceWholeEntityWithPut();
  const replaced = await execute(replace);
  await execute(api.requestBuilder().delete(replaced));

  assert.equal(created.lastReportedDateTime.toISOString(), '2026-01-02T03:04:05.678Z');
  assert.deepEqual([updated.status, replaced.status], ['conflict', 'conflict']);
  await assert.rejects(execute(api.requestBuilder().getByKey('alex')), (error) => {
    assert.match(JSON.stringify(error.rootCause.response.data), /"code":"ResourceNotFound"/);
    return true;
  });
});

test('the SAP Cloud SDK keeps from overwriting what another wrote', async () => {
  const created = await create({ id: 'bianca' });
  const other = await execute(api.requestBuilder().getByKey('bianca'));
  other.status = 'error';
  await execute(api.requestBuilder().update(other));
  created.status = 'conflict';

  await assert.rejects(execute(api.requestBuilder().update(created)), (error) => {
    assert.equal(error.rootCause.response.status, 412);
    return true;
  });
});

test('the SAP Cloud SDK asks for a page, and sends a batch', async () => {
  for (const devicesCount of [1, 2, 3]) await create({ id: `k${devicesCount}`, devicesCount });
  const { DEVICES_COUNT, STATUS } = api.schema;
  const page = api.requestBuilder().getAll();
  const request = page.filter(DEVICES_COUNT.greaterThan(1), STATUS.equals('compliant')).top(5);
  const [answer] = await batch(api.requestBuilder().getByKey('k1').setBasePath(basePath))
    .setBasePath('/v1.0')
    .execute(destination);

  assert.deepEqual(
    (await execute(request)).map(({ id }) => id),
    ['k2', 'k3'],
  );
  assert.deepEqual([answer.httpCode, answer.body.id], [200, 'k1']);
});

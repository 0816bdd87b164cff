import assert from 'node:assert/strict';
import test from 'node:test';

import { FetchClient } from '@odata2ts/http-client-fetch';

import { createProject, load, runTool } from './support/generated.mjs';
import { startService } from './support/service.mjs';
import { userStatus } from './support/user-status.mjs';

const { root, token } = await startService();
const project = createProject('odata2ts');
// It downloads what it generates from, as axios asks for it.
const source = ['--source-url', root, '--source', 'metadata.xml', '--refresh-file'];
await runTool('odata2ts', [...source, '--output', 'out', '--emit-mode', 'ts'], project);
const { MicrosoftGraphService } = await load(project, 'out/MicrosoftGraphService.ts');

const client = new FetchClient({ headers: { Authorization: `Bearer ${token}` } });
const configuration = new MicrosoftGraphService(client, root)
  .deviceManagement()
  .deviceConfigurations('wifi');

test('odata2ts creates, reads, updates, replaces and deletes', async () => {
  const created = await configuration.userStatuses().create(userStatus({ id: 'alex' }));
  const one = configuration.userStatuses('alex');
  const read = await one.query();
  const updated = await one.patch({ status: 'error' });
  const replaced = await one.update(userStatus({ devicesCount: 7 }));
  const { data: overview } = await configuration.userStatusOverview().query();
  const deleted = await one.delete();

  assert.deepEqual([created.status, created.data.id], [201, 'alex']);
  assert.equal(read.data.lastReportedDateTime, created.data.lastReportedDateTime);
  assert.deepEqual([updated.data.status, updated.data.devicesCount], ['error', 1]);
  assert.deepEqual([replaced.data.status, replaced.data.devicesCount], ['compliant', 7]);
  assert.equal(overview.successCount, 1);
  assert.equal(deleted.status, 204);
  await assert.rejects(one.query(), { status: 404, message: /There is no user status/ });
});

test('odata2ts asks for a page', async () => {
  const statuses = configuration.userStatuses();
  for (const devicesCount of [1, 2, 3]) {
    await statuses.create(userStatus({ id: `k${devicesCount}`, devicesCount }));
  }
  const { data } = await statuses.query((builder, status) =>
    builder
      .filter(status.userDisplayName.contains('Wilber'), status.devicesCount.gt(1))
      .filter(status.status.eq('compliant'), status.lastReportedDateTime.gt('2026-01-01T00:00:00Z'))
      .orderBy(status.devicesCount.desc())
      .select('id', 'status')
      .top(1)
      .count(),
  );

  assert.equal(data['@odata.count'], 2);
  assert.deepEqual(
    data.value.map(({ id, status }) => [id, status]),
    [['k3', 'compliant']],
  );
});

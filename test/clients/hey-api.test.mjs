import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { createProject, load, runTool } from './support/generated.mjs';
import { startService } from './support/service.mjs';
import { userStatus } from './support/user-status.mjs';

const { url, root, token } = await startService();
const project = createProject('hey-api');
const options = ['--input', `${url}/openapi.json`, '--output', 'out', '--no-log-file'];
await runTool('openapi-ts', [...options, '--client', '@hey-api/client-fetch'], project);
writeFileSync(
  join(project, 'client.ts'),
  "export * from './out';\nexport { client } from './out/client.gen';\n",
);
const { client, ...api } = await load(project, 'client.ts');
client.setConfig({ baseUrl: root, auth: () => token });

const prefix = 'deviceManagementDeviceConfigurationsUserStatuses';
const configuration = { deviceConfigurationId: 'wifi & co' };

test('hey-api creates, reads, updates and deletes', async () => {
  const path = { ...configuration, id: 'a/b c' };
  const body = userStatus({ id: path.id });
  const query = { $filter: "userDisplayName eq 'Alex Wilber'", $select: 'id,status', $count: true };
  const created = await api[`${prefix}Create`]({ path: configuration, body });
  const page = await api[`${prefix}List`]({ path: configuration, query });
  const updated = await api[`${prefix}Update`]({ path, body: { status: 'error' } });
  const deleted = await api[`${prefix}Delete`]({ path });
  const refused = await api[`${prefix}Get`]({ path });

  assert.deepEqual([created.response.status, created.data.id], [201, path.id]);
  assert.deepEqual([page.data['@odata.count'], page.data.value[0].id], [1, path.id]);
  assert.equal(updated.data.status, 'error');
  assert.equal(deleted.response.status, 204);
  assert.equal(refused.error.error.code, 'ResourceNotFound');
});

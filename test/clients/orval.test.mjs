import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { createProject, load, runTool } from './support/generated.mjs';
import { startService } from './support/service.mjs';
import { userStatus } from './support/user-status.mjs';

const { url, root, token } = await startService();
const project = createProject('orval');
const output = { target: 'out/statuses.ts', client: 'fetch', baseUrl: root };
const config = { statuses: { input: `${url}/openapi.json`, output } };
writeFileSync(join(project, 'orval.config.cjs'), `module.exports = ${JSON.stringify(config)}`);
await runTool('orval', ['--config', 'orval.config.cjs'], project);
const api = await load(project, 'out/statuses.ts');

const prefix = 'deviceManagementDeviceConfigurationsUserStatuses';
const headers = { Authorization: `Bearer ${token}` };

test('orval creates, reads, updates and deletes', async () => {
  const created = await api[`${prefix}Create`]('wifi', userStatus({ id: 'alex' }), {}, { headers });
  const page = await api[`${prefix}List`](
    'wifi',
    { $filter: "userDisplayName eq 'Alex Wilber'", $select: 'id,status', $count: true },
    { headers },
  );
  const updated = await api[`${prefix}Update`](
    'wifi',
    'alex',
    { status: 'error' },
    {},
    { headers },
  );
  const deleted = await api[`${prefix}Delete`]('wifi', 'alex', { headers });
  const refused = await api[`${prefix}Get`]('wifi', 'alex', {}, { headers });

  assert.deepEqual([created.status, created.data.id], [201, 'alex']);
  assert.deepEqual([page.data['@odata.count'], page.data.value[0].id], [1, 'alex']);
  assert.equal(updated.data.status, 'error');
  assert.equal(deleted.status, 204);
  assert.deepEqual([refused.status, refused.data.error.code], [404, 'ResourceNotFound']);
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { createProject, load, runTool } from './support/generated.mjs';
import { startService } from './support/service.mjs';
import { userStatus } from './support/user-status.mjs';

/** In TypeScript: the types are what openapi-typescript is for. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { paths } from './schema';

const STATUSES = '/deviceManagement/deviceConfigurations/{deviceConfigurationId}/userStatuses';

export function connect(baseUrl: string, token: string) {
  const headers = { Authorization: \`Bearer \${token}\` };
  const client = createClient<paths>({ baseUrl, headers });
  const configuration = { deviceConfigurationId: 'wifi & co' };
  return {
    create: (body: paths[typeof STATUSES]['post']['requestBody']['content']['application/json']) =>
      client.POST(STATUSES, { params: { path: configuration }, body }),
    list: ($filter: string) =>
      client.GET(STATUSES, {
        params: { path: configuration, query: { $filter, $select: 'id,status', $count: true } },
      }),
    get: (id: string) =>
      client.GET(\`\${STATUSES}/{id}\`, { params: { path: { ...configuration, id } } }),
    update: (id: string) =>
      client.PATCH(\`\${STATUSES}/{id}\`, {
        params: { path: { ...configuration, id } },
        body: { status: 'error' },
      }),
    delete: (id: string) =>
      client.DELETE(\`\${STATUSES}/{id}\`, { params: { path: { ...configuration, id } } }),
    count: () =>
      client.GET(\`\${STATUSES}/$count\`, { params: { path: configuration }, parseAs: 'text' }),
  };
}
`;

const { url, root, token } = await startService();
const project = createProject('openapi-fetch');
await runTool('openapi-typescript', [`${url}/openapi.json`, '-o', 'schema.d.ts'], project);
writeFileSync(join(project, 'client.ts'), PROGRAM);
const { connect } = await load(project, 'client.ts');

test('openapi-fetch creates, reads, updates and deletes', async () => {
  const statuses = connect(root, token);
  const id = 'a/b c';
  const created = await statuses.create(userStatus({ id }));
  const page = await statuses.list("userDisplayName eq 'Alex Wilber'");
  const updated = await statuses.update(id);
  const count = await statuses.count();
  const deleted = await statuses.delete(id);
  const refused = await statuses.get(id);

  assert.deepEqual([created.response.status, created.data.id], [201, id]);
  assert.deepEqual([page.data['@odata.count'], page.data.value[0].id], [1, id]);
  assert.equal(updated.data.status, 'error');
  assert.equal(count.data, '1');
  assert.equal(deleted.response.status, 204);
  assert.equal(refused.error.error.code, 'ResourceNotFound');
});

/** The service is started from a bundle (rolldown.config.mjs). That does not show in what it does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { ROOT, SERVICE, startService, type Running } from '../support/run.js';
import { TOKEN } from '../support/services.js';
import { Sqlite } from '../support/sqlite.js';
import { startNestApp } from '../support/nest-app.js';
import { COLLECTION } from '../support/user-status.js';

let dataDir: string;
let service: Running & { url: string };

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${service.url}${path}`);
  return { status: response.status, text: await response.text() };
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  service = await startService({ DATA_DIR: dataDir }, ROOT, ['--enable-source-maps', ...SERVICE]);
});

afterEach(async () => {
  service.child.kill('SIGTERM');
  await service.finished;
  rmSync(dataDir, { recursive: true });
});

it.each([
  '/health/ready',
  '/openapi.json',
  '/$metadata?$format=json',
  '/docs',
  '/docs/swagger-ui.css',
])('answers %s as its modules do', async (path) => {
  const app = await startNestApp();
  const { status, text } = await app.send('GET', path, undefined, { authorization: null });
  await app.close();

  const answer = await get(path);

  expect(answer).toEqual({ status, text: text.replaceAll(app.url, service.url) });
});

it('names the source in the stacks that it logs', async () => {
  const database = new Sqlite(join(dataDir, 'user-statuses.db'));
  database.exec('DROP TABLE user_status');
  database.close();

  const headers = { Authorization: `Bearer ${TOKEN}` };
  const { status } = await fetch(`${service.url}${COLLECTION}`, { headers });

  service.child.kill('SIGTERM');
  const { stdout } = await service.finished;
  expect(status).toBe(500);
  expect(stdout).toContain(`(${ROOT}src/entity-sets/storage/entities.ts:`);
});

/** The built service, as a process of its own, and a token for it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { newFolder } from './new-folder.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const END_WITH_PARENT = new URL('../../support/end-with-parent.mjs', import.meta.url).href;
const START_TIMEOUT_MS = 30_000;

/**
 * It stops behind the last test of the file. `url` has no version prefix, `root` has one, and
 * `statuses` is a collection of no other service.
 */
export async function startService(settings = {}) {
  const dataDir = newFolder('clients');
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATA_DIR: dataDir, PORT: '0', QUERY_TIMEOUT_MS: '10000', ...settings };
  const options = { cwd: ROOT, env, encoding: 'utf8' };
  const token = spawnSync(process.execPath, ['dist/bundle/token.js'], options).stdout.trim();
  const service = spawn(process.execPath, ['--import', END_WITH_PARENT, 'dist/bundle/main.js'], {
    ...options,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  after(async () => {
    service.kill('SIGTERM');
    await once(service, 'exit');
  });

  const url = await readUrl(service);
  const root = `${url}/v1.0`;
  const statuses = `${root}/deviceManagement/deviceConfigurations('wifi')/userStatuses`;
  return { url, root, statuses, token };
}

async function readUrl(service) {
  const giveUp = setTimeout(() => service.kill('SIGKILL'), START_TIMEOUT_MS);
  let log = '';
  for await (const chunk of service.stdout.iterator({ destroyOnReturn: false })) {
    log += chunk;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
    if (url === undefined) continue;
    clearTimeout(giveUp);
    service.stdout.resume();
    return url;
  }
  throw new Error(`the service did not start: ${log}`);
}

/**
 * Before the first test: a built service for each worker of Jest, and tokens that every service
 * of the tests takes. The suites that only speak HTTP share their worker's, one after the other
 * (`test-app.ts`).
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import refuseStaleBuild from './refuse-stale-build.mjs';

const KEY_FILE = 'local-signing-key.json';
const LIFETIME_SECONDS = 7200;
const START_TIMEOUT_MS = 60_000;

export const folder = mkdtempSync(join(tmpdir(), 'user-statuses-tests-'));
export const children = [];

const { PATH, HOME } = process.env;

async function startService(worker) {
  const dataDir = join(folder, worker);
  mkdirSync(dataDir, { mode: 0o700 });
  copyFileSync(join(folder, KEY_FILE), join(dataDir, KEY_FILE));
  const log = join(folder, `${worker}.log`);
  const endWithParent = new URL('end-with-parent.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', endWithParent, 'dist/bundle/main.js'], {
    env: { PATH, HOME, PORT: '0', DATA_DIR: dataDir, QUERY_TIMEOUT_MS: '10000' },
    stdio: ['pipe', openSync(log, 'w'), 'inherit'],
  });
  children.push(child);
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < giveUpAt) {
    const url = /listening at (http:\/\/[^"\s]+)/.exec(readFileSync(log, 'utf8'))?.[1];
    if (url !== undefined) return { url, dataDir };
    await setTimeout(20);
  }
  throw new Error(`the service did not start: ${readFileSync(log, 'utf8')}`);
}

export default async function startServices({ maxWorkers }) {
  refuseStaleBuild();
  const { LocalIssuer } = await import('../../dist/src/auth/local-issuer.js');
  const issuer = await LocalIssuer.open(join(folder, KEY_FILE));
  const sign = (permission) =>
    issuer.sign({ subject: 'test', permissions: [permission], lifetimeSeconds: LIFETIME_SECONDS });
  const services = await Promise.all(
    Array.from({ length: maxWorkers }, (_, i) => startService(`worker-${i + 1}`)),
  );
  process.env.TEST_SERVICES = JSON.stringify({
    keyFile: join(folder, KEY_FILE),
    token: await sign('DeviceManagementConfiguration.ReadWrite.All'),
    readToken: await sign('DeviceManagementConfiguration.Read.All'),
    services,
  });
}

/**
 * Before the first test on an engine: a built service for each worker of Jest, and tokens that
 * every service of the tests takes. The suites that only speak HTTP share their worker's, one after
 * the other (`test-app.ts`).
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

async function startService(name, env) {
  const dataDir = join(folder, name);
  mkdirSync(dataDir, { mode: 0o700 });
  copyFileSync(join(folder, KEY_FILE), join(dataDir, KEY_FILE));
  const log = join(folder, `${name}.log`);
  const endWithParent = new URL('end-with-parent.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', endWithParent, 'dist/bundle/main.js'], {
    env: { PATH, HOME, PORT: '0', DATA_DIR: dataDir, QUERY_TIMEOUT_MS: '10000', ...env },
    stdio: ['pipe', openSync(log, 'w'), 'inherit'],
  });
  children.push(child);
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < giveUpAt) {
    const url = /listening at (http:\/\/[^"\s]+)/.exec(readFileSync(log, 'utf8'))?.[1];
    if (url !== undefined) return { url, dataDir, env };
    await setTimeout(20);
  }
  throw new Error(`the service did not start: ${readFileSync(log, 'utf8')}`);
}

/** The key that all services sign with, and tokens of it. */
async function createTokens() {
  refuseStaleBuild();
  const { LocalIssuer } = await import('../../dist/src/auth/local-issuer.js');
  const keyFile = join(folder, KEY_FILE);
  const issuer = await LocalIssuer.open(keyFile);
  const sign = (permission) =>
    issuer.sign({ subject: 'test', permissions: [permission], lifetimeSeconds: LIFETIME_SECONDS });
  return {
    keyFile,
    token: await sign('DeviceManagementConfiguration.ReadWrite.All'),
    readToken: await sign('DeviceManagementConfiguration.Read.All'),
  };
}

/** The first project to start makes them for all. */
let tokens;

/** Starts a service for each worker, with settings of its own. */
export async function startServices(engine, settings) {
  tokens ??= createTokens();
  await tokens;
  const services = await Promise.all(
    settings.map((env, i) => startService(`${engine}-${i + 1}`, env)),
  );
  process.env.TEST_SERVICES = JSON.stringify({
    ...JSON.parse(process.env.TEST_SERVICES ?? '{}'),
    ...(await tokens),
    [engine]: services,
  });
}

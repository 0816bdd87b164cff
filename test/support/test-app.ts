/** The service as it is deployed: a process of its own, from `dist`. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createSend, type Send } from './client.js';
import { askLive, pause } from './faults.js';
import { startService } from './run.js';
import { SERVICES } from './services.js';
import { databaseOf, type TestDatabase } from './test-database.js';

export interface TestApp {
  url: string;
  dataDir: string;
  database: TestDatabase;
  /** The key that signs its tokens, where no identity provider does. */
  keyFile: string;
  /** A token that may write, and one that may only read. */
  token: string;
  readToken: string;
  send: Send;
}

/** A service of one test or suite, with settings of its own. */
export interface OwnTestApp extends TestApp {
  /** What was logged since it was last asked, all requests that are answered included. */
  takeLog(): Promise<string>;
  /** Ends the process; another may go on with its data. */
  stop(): Promise<void>;
  /** Ends the process, and takes the data away unless their folder was given. */
  close(): Promise<void>;
}

/** The service that the suites of this worker share, one after the other, with nothing stored. */
export async function borrowTestApp(): Promise<TestApp> {
  const { url, dataDir, env } = SERVICES[TEST_ENGINE][Number(process.env.JEST_WORKER_ID) - 1]!;
  const app = await describeApp(dataDir, env);
  // A test that needs an empty service need not start one.
  await app.database.empty();
  return { ...app, url, send: createSend(url, app.token) };
}

export async function startTestApp(env: Record<string, string> = {}): Promise<OwnTestApp> {
  const dataDir = env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'user-statuses-'));
  const app = await describeApp(dataDir, env);
  const { url, child, stdout, finished } = await startService({
    DATA_DIR: dataDir,
    LOG_LEVEL: 'debug',
    // Other test files want the processors, too: a query takes as long as it has to.
    QUERY_TIMEOUT_MS: '10000',
    NODE_OPTIONS: `--import ${new URL('end-with-parent.mjs', import.meta.url).href}`,
    ...app.database.env,
    ...env,
  });
  let taken = 0;

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await finished;
  }

  return {
    ...app,
    url,
    send: createSend(url, app.token),
    async takeLog() {
      // Lines are written some time after the answer, in the order of the requests.
      const last = randomUUID();
      if (child.exitCode === null) {
        await askLive(url, { 'client-request-id': last });
        while (!stdout().includes(last)) await pause(10);
      }
      const log = stdout().slice(taken);
      taken += log.length;
      return log.replace(new RegExp(`^.*${last}.*\\n`, 'm'), '');
    },
    stop,
    async close() {
      await stop();
      if (env.DATA_DIR !== undefined) return;
      await app.database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

async function describeApp(
  dataDir: string,
  env: Record<string, string>,
): Promise<Omit<TestApp, 'url' | 'send'>> {
  return {
    dataDir,
    database: await databaseOf(dataDir, env.DATABASE_URL),
    keyFile: join(dataDir, 'local-signing-key.json'),
    token: SERVICES.token,
    readToken: SERVICES.readToken,
  };
}

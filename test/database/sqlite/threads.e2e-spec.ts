/** The service lives where a thread of its database does not, says so, and mends itself. */
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readAnswer, type Answer } from '../../support/client.js';
import { ROOT, startService, type Running } from '../../support/run.js';
import { TOKEN } from '../../support/services.js';
import { COLLECTION, userStatus } from '../../support/user-status.js';

/** How long the service waits before it starts another thread. */
const PAUSE_MS = 1000;

/** How many tries, each of which is one line of the log, there can have been by now. */
function mostTries(): number {
  return 1 + Math.floor((performance.now() - startedAt) / PAUSE_MS);
}

let folder: string;
let startedAt: number;
let service: Running & { url: string };
let headers: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  for (const name of ['dist', 'package.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(async () => {
  service.child.kill('SIGTERM');
  await service.finished;
  rmSync(folder, { recursive: true });
});

function fileOf(thread: string): string {
  return join(folder, 'dist/src/database/sqlite', `${thread}.js`);
}

async function startWithout(thread: string): Promise<void> {
  renameSync(fileOf(thread), `${fileOf(thread)}.gone`);
  startedAt = performance.now();
  service = await startService({ DATA_DIR: folder }, folder);
  const authorization = `Bearer ${TOKEN}`;
  headers = { authorization, 'content-type': 'application/json' };
}

async function mend(thread: string): Promise<void> {
  renameSync(`${fileOf(thread)}.gone`, fileOf(thread));
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

async function send(method: string, path: string, body?: unknown): Promise<Answer> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return readAnswer(await fetch(service.url + path, { method, headers, ...sent }));
}

function errorsIn(log: string): string[] {
  return log.split('\n').filter((line) => line.includes('"level":50'));
}

describe('without the thread that writes', () => {
  it('creates are 503 and nothing is stored, reads are answered, until it can be started', async () => {
    await startWithout('writer-thread');
    const refused = await Promise.all(
      Array.from({ length: 20 }, (_, i) => send('POST', COLLECTION, userStatus({ id: String(i) }))),
    );
    const list = await send('GET', COLLECTION);
    const ready = await send('GET', '/health/ready');
    const tries = mostTries();
    await mend('writer-thread');
    const lines = errorsIn(service.stdout()).filter((line) => line.includes('The thread'));
    const created = await send('POST', COLLECTION, userStatus({ id: 'ALEX' }));
    const after = await send('GET', '/health/ready');

    for (const { status, headers: sent, body } of refused) {
      expect(status).toBe(503);
      expect(sent.get('retry-after')).toBe('1');
      expect(body).toMatchObject({ error: { code: 'ServiceUnavailable' } });
    }
    expect(list).toMatchObject({ status: 200, body: { value: [] } });
    expect(ready.status).toBe(503);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(tries);
    expect(lines[0]).toContain('writes to the database has ended');
    expect(created.status).toBe(201);
    expect(after).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('it is started again by whoever asks whether the service is ready', async () => {
    await startWithout('writer-thread');
    await send('POST', COLLECTION, userStatus());
    await mend('writer-thread');
    const statuses: number[] = [];
    while (statuses.at(-1) !== 200 && statuses.length < 100) {
      statuses.push((await send('GET', '/health/ready')).status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }

    expect(statuses[0]).toBe(503);
    expect(statuses.at(-1)).toBe(200);
  });
});

it('tells the code where SQLite itself ends a thread', async () => {
  writeFileSync(
    fileOf('writer-thread'),
    `import { loadSqliteDriver } from './sqlite-driver.js';
     new (await loadSqliteDriver())(':memory:').exec('NONSENSE');`,
  );
  service = await startService({ DATA_DIR: folder }, folder);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

  expect(errorsIn(service.stdout()).join()).toContain('has ended: SQLITE_ERROR');
});

describe('without the threads that read', () => {
  it('a query that no index answers is 503, all else is answered, and the service is degraded', async () => {
    await startWithout('reader-thread');
    const search = `${COLLECTION}?$filter=contains(id,'x')`;
    const created = await send('POST', COLLECTION, userStatus({ id: 'x' }));
    const refused = await send('GET', search);
    const list = await send('GET', COLLECTION);
    const ready = await send('GET', '/health/ready');
    const tries = mostTries();
    await mend('reader-thread');
    const lines = errorsIn(service.stdout()).filter((line) => line.includes('A thread'));
    const found = await send('GET', search);
    const after = await send('GET', '/health/ready');

    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'ServiceUnavailable' } } });
    expect([created.status, list.status]).toEqual([201, 200]);
    expect(ready).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(tries);
    expect(found.status).toBe(200);
    expect(after.body).toEqual({ status: 'ready' });
  });
});

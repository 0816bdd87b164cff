/** The server that `npm run db:start` gives to whoever tries the service out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { query } from '../../support/postgres.js';
import { start } from '../../support/run.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(async () => {
  await run('db-stop');
  rmSync(dataDir, { recursive: true });
});

async function run(script: string) {
  const { code, stdout, stderr } = await start('node', [`scripts/${script}.mjs`], {
    DATA_DIR: dataDir,
  }).finished;
  return { code, url: stdout.trim(), said: stderr };
}

it('runs until it is stopped, keeps its data, and is left alone by a second start', async () => {
  const first = await run('db-start');
  await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  const second = await run('db-start');
  const stopped = await run('db-stop');
  const stoppedAgain = await run('db-stop');
  const third = await run('db-start');

  expect([first, second, stopped, stoppedAgain, third].map(({ code }) => code)).toEqual([
    0, 0, 0, 0, 0,
  ]);
  expect(first.said).toContain(`PostgreSQL has started at ${new URL(first.url).host}`);
  expect(first.said).toContain(join(dataDir, 'postgres'));
  expect(second).toMatchObject({
    url: first.url,
    said: expect.stringContaining('PostgreSQL runs'),
  });
  expect(stopped).toMatchObject({ url: '', said: expect.stringContaining('has stopped') });
  expect(stoppedAgain).toMatchObject({ url: '', said: expect.stringContaining('No PostgreSQL') });
  expect(await query(third.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

it('waits for the disk, listens on loopback, asks for a password, and takes another port where its own is taken', async () => {
  // Where it is somebody's already, so much the better.
  const other = createServer().on('error', () => undefined);
  other.listen(54320, '127.0.0.1');
  const { url } = await run('db-start');
  other.close();
  const withoutPassword = new URL(url);
  withoutPassword.password = 'wrong';

  expect(new URL(url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/user_statuses' });
  expect(new URL(url).port).not.toBe('54320');
  await expect(query(withoutPassword.href, 'SELECT 1')).rejects.toThrow('password');
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    expect(await query(url, `SHOW ${name}`)).toEqual([{ [name]: 'on' }]);
  }
});

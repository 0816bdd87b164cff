/** The migration that gives collections their keys moves what older releases stored, and moves it back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { DataSource } from 'typeorm';

import { KeyCollections1794000000000 } from '../src/database/migrations/1794000000000-key-collections.js';
import { seed } from './support/seed.js';
import { Sqlite } from './support/sqlite.js';
import { startTestApp, type TestApp } from './support/test-app.js';

const PATHS = ['B', 'B/identityCertificate', 'A', 'C/identityCertificate/rootCertificate'].map(
  (place) => `/v1.0/deviceManagement/deviceConfigurations/${place}`,
);

/** What stays as it is of a row. */
const KEPT =
  'devices_count, last_reported_date_time, last_reported_instant, status, user_display_name, user_principal_name, revision';
const COLLECTION = 'device_configuration_id, navigation';
const JOINED = 'JOIN user_status_collection AS collection ON collection.id = collection_id';

let dataDir: string;
let app: TestApp;
let file: Database;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  app = await startTestApp({ DATA_DIR: dataDir });
  file = new Sqlite(app.config.database.path);
  for (const [i, path] of PATHS.entries()) {
    const rows = Array.from({ length: 5 + i }, (_, at) => [
      `user-${String(at)}`,
      {
        devicesCount: i,
        status: at % 2 === 0 ? 'error' : 'conflict',
        userDisplayName: at === 0 ? null : path,
      },
    ]);
    await seed(app, Object.fromEntries(rows) as Parameters<typeof seed>[1], `${path}/userStatuses`);
  }
});

afterEach(async () => {
  file.close();
  await app.close();
  rmSync(dataDir, { recursive: true });
});

function all(select: string): unknown[] {
  return file.prepare(select).raw().all();
}

function schema(): unknown[] {
  return [
    all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2'),
    all('SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY 1, 2'),
  ];
}

function readAll(): Promise<string[]> {
  const paths = PATHS.flatMap((path) => [`${path}/userStatuses`, `${path}/userStatusOverview`]);
  return Promise.all(
    paths.map(async (path) => (await app.send('GET', path)).text.replaceAll(app.url, '')),
  );
}

async function migrate(direction: 'up' | 'down'): Promise<void> {
  const runner = app.app.nest.get(DataSource).createQueryRunner();
  await new KeyCollections1794000000000()[direction](runner);
  await runner.release();
}

it('moves every row and count back, and the triggers of the older form count', async () => {
  const rows = all(
    `SELECT ${COLLECTION}, user_status.id, ${KEPT} FROM user_status ${JOINED} ORDER BY 1, 2, 3`,
  );
  const counts = all(
    `SELECT ${COLLECTION}, status, count FROM user_status_count ${JOINED} ORDER BY 1, 2, 3`,
  );

  await migrate('down');

  expect(rows).toHaveLength(5 + 6 + 7 + 8);
  expect(all('SELECT * FROM user_status_count ORDER BY 1, 2, 3')).toEqual(counts);
  expect(all(`SELECT ${COLLECTION}, id, ${KEPT} FROM user_status ORDER BY 1, 2, 3`)).toEqual(rows);
  expect(all(`SELECT stat FROM sqlite_stat1 WHERE idx = 'user_status_status'`)).toEqual([
    ['1000000 100000 50000 10000 1'],
  ]);
  file.exec(`INSERT INTO user_status SELECT 'D', 1, id, ${KEPT} FROM user_status LIMIT 1`);
  expect(all(`SELECT * FROM user_status_count WHERE device_configuration_id = 'D'`)).toEqual([
    ['D', 1, 5, 1],
  ]);
});

it('moves every row, count, index and trigger, and all is read as before', async () => {
  const [made, answers] = [schema(), await readAll()];
  await migrate('down');
  expect(schema()).not.toEqual(made);

  await migrate('up');

  expect(schema()).toEqual(made);
  expect(all(`SELECT ${COLLECTION} FROM user_status_collection ORDER BY id`)).toEqual([
    ['A', 0],
    ['B', 0],
    ['B', 2],
    ['C', 3],
  ]);
  expect(all('PRAGMA integrity_check')).toEqual([['ok']]);
  // Another process: this one remembers the keys that are gone.
  await app.close();
  app = await startTestApp({ DATA_DIR: dataDir });
  expect(await readAll()).toEqual(answers);
});

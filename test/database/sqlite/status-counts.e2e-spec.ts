/** The counts are kept by triggers, so that they are right whoever writes to the file. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';

import { seed } from '../../support/seed.js';
import { databaseFileIn } from '../../support/sqlite-database.js';
import { Sqlite } from '../../support/sqlite.js';
import { borrowTestApp } from '../../support/test-app.js';
import { CONFIGURATION } from '../../support/user-status.js';

const ERROR = 5;
const CONFLICT = 6;

/** Another program that has the file open. */
let other: Database;

beforeEach(async () => {
  const app = await borrowTestApp();
  other = new Sqlite(databaseFileIn(app));
  await seed(app, { a: { status: 'error' }, b: { status: 'error' } });
});

afterEach(() => {
  other.close();
});

/** The collection's counts by status, which are those of its rows. A count of zero is as good as none. */
function counts(): Record<number, number> {
  const kept = other
    .prepare('SELECT * FROM user_status_count WHERE count <> 0 ORDER BY 1, 2')
    .all() as { collection_id: number; status: number; count: number }[];
  const counted = other
    .prepare(
      'SELECT collection_id, status, count(*) AS count FROM user_status GROUP BY 1, 2 ORDER BY 1, 2',
    )
    .all();
  expect(kept).toEqual(counted);
  const key = other
    .prepare(
      'SELECT id FROM user_status_collection WHERE device_configuration_id = ? AND navigation = 1',
    )
    .pluck()
    .get(CONFIGURATION);
  return Object.fromEntries(
    kept.filter((row) => row.collection_id === key).map(({ status, count }) => [status, count]),
  );
}

describe('the counts follow another program', () => {
  it.each<[string, string, Record<number, number>]>([
    [
      'inserts',
      `INSERT INTO user_status SELECT collection_id, id || '2', 1, 'x', 'x', 6, NULL, NULL, 1 FROM user_status`,
      { [ERROR]: 2, [CONFLICT]: 2 },
    ],
    [
      'inserts what is there',
      'INSERT OR IGNORE INTO user_status SELECT * FROM user_status',
      { [ERROR]: 2 },
    ],
    [
      'replaces, with triggers for what goes',
      'PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO user_status SELECT * FROM user_status',
      { [ERROR]: 2 },
    ],
    [
      'inserts or updates',
      'INSERT INTO user_status SELECT * FROM user_status WHERE TRUE ON CONFLICT DO UPDATE SET status = 6',
      { [CONFLICT]: 2 },
    ],
    [
      'changes a status',
      `UPDATE user_status SET status = 6 WHERE id = 'a'`,
      { [ERROR]: 1, [CONFLICT]: 1 },
    ],
    [
      'moves to another collection',
      `UPDATE user_status SET collection_id = 99 WHERE id = 'a'`,
      { [ERROR]: 1 },
    ],
    ['deletes all', 'DELETE FROM user_status', {}],
    ['takes back', 'BEGIN; DELETE FROM user_status; ROLLBACK', { [ERROR]: 2 }],
  ])('that %s', (_what, statements, expected) => {
    other.exec(statements);

    expect(counts()).toEqual(expected);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';

import { LimitedRows } from '../limited-rows.js';
import { QueryRunner } from './query-runner.js';
import { loadSqliteDriver } from './sqlite-driver.js';

const ROWS = 500;

let database: Database;
let seen = 0;

beforeAll(async () => {
  const Driver = await loadSqliteDriver();
  database = new Driver(':memory:');
  database.function('seen', () => (seen += 1));
  database.exec(
    `CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
     WITH RECURSIVE ids (id) AS
       (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < ${String(ROWS)})
     INSERT INTO note SELECT id, printf('%.1000c', 'x') FROM ids`,
  );
});

afterAll(() => {
  database.close();
});

const STATEMENTS = ['id <= 10', 'id > 10'].map((where) => ({
  text: `SELECT id, body FROM note WHERE ${where} AND seen() ORDER BY id LIMIT ?`,
  parameters: [1000],
}));

function run(limit: { rows: number; characters: number }) {
  seen = 0;
  const rowLimit = { ...limit, charactersOfRow: 98 };
  return new QueryRunner(database).run(STATEMENTS, new LimitedRows(rowLimit), () => undefined);
}

describe('QueryRunner', () => {
  it.each([
    ['as many as are asked for', { rows: 200, characters: Infinity }, 200, true, 201],
    ['all that there are', { rows: ROWS, characters: Infinity }, ROWS, false, ROWS],
    // A row is 1,002 characters of JSON, and 98 beside them.
    ['as many as fit', { rows: 200, characters: 11_000 }, 10, true, 11],
    ['one, however long it is', { rows: 200, characters: 1 }, 1, true, 2],
  ])('reads %s, and one row more at the most', (_what, limit, rows, hasMore, read) => {
    const found = run(limit);

    expect(found.rows.map(([id]) => id)).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
    expect(found).toMatchObject({ hasMore });
    expect(seen).toBe(read);
  });

  it('ends where it is told to, and can be used again', () => {
    const limit = { rows: ROWS, characters: Infinity, charactersOfRow: 0 };
    const runner = new QueryRunner(database);
    let rows = 0;
    const stop = () => {
      rows += 1;
      if (rows === 20) throw new Error('told to');
    };

    expect(() => runner.run(STATEMENTS, new LimitedRows(limit), stop)).toThrow('told to');
    expect(runner.run(STATEMENTS, new LimitedRows(limit), () => undefined).rows).toHaveLength(ROWS);
  });
});

/** Databases that must not be served: the start says why in one line, and leaves them as they are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createMigratedDatabase, query, type CreatedDatabase } from '../../../support/postgres.js';
import { SERVICE, start } from '../../../support/run.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** The one line of a start that must fail, without what every such line begins with. */
async function failStart(env: Record<string, string>): Promise<string> {
  const { finished } = start('node', SERVICE, { DATA_DIR: dataDir, PORT: '0', ...env });
  const { code, stderr } = await finished;
  expect(code).toBe(1);
  const [, line] = /^user-statuses: (the database [^\n]+ cannot be used: [^\n]+)\n$/.exec(stderr)!;
  return line!;
}

describe('a database of PostgreSQL', () => {
  let database: CreatedDatabase;
  beforeEach(async () => {
    database = await createMigratedDatabase();
  });
  afterEach(async () => {
    await database.drop();
  });

  /** All relations with their columns and the rows that they have. */
  async function describeAll(): Promise<unknown> {
    return Promise.all([
      query(
        database.url,
        `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3`,
      ),
      query(
        database.url,
        `SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY 1`,
      ),
      query(
        database.url,
        `SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`,
      ),
      query(database.url, `SELECT oid::int, relfilenode::int FROM pg_class ORDER BY 1`),
    ]);
  }

  it.each<[string, string[], RegExp]>([
    [
      'that a newer release has changed',
      [
        `INSERT INTO schema_migration (timestamp, name) VALUES (9, 'AddRegion9')`,
        'ALTER TABLE user_status ADD COLUMN region text',
      ],
      /a newer release of this program has changed it \(AddRegion9\): start that one$/,
    ],
    [
      'of another application',
      [
        'DROP TABLE user_status, user_status_collection, user_status_count, schema_migration CASCADE',
        'CREATE TABLE notes AS SELECT 1 AS note',
      ],
      /it belongs to another application, whose tables it has \('notes'/,
    ],
    [
      'of another application that has tables of the same name',
      ['DROP TABLE schema_migration'],
      /it belongs to another application, whose tables it has/,
    ],
  ])('%s is refused, and left as it is', async (_which, spoiling, reason) => {
    const env = { DATABASE_URL: database.url };
    for (const statement of spoiling) await query(database.url, statement);
    const before = await describeAll();

    expect(await failStart(env)).toMatch(reason);
    expect(await describeAll()).toEqual(before);
  });
});

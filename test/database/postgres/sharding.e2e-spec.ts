/** What docs/scaling.md promises of the schema, so that an engine can spread it over servers: read from the catalogue. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { createMigratedDatabase, query } from '../../support/postgres.js';

/** Of few rows, and the same on every server: the numbers of collections, the keys of tokens, the migrations. */
const SHARED = ['schema_migration', 'secret', 'user_status_collection'];

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;

beforeAll(async () => {
  database = await createMigratedDatabase();
});

afterAll(async () => {
  await database.drop();
});

/** Tables that are spread have the collection in them. */
const SPREAD = `SELECT oid FROM pg_class
  WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
    AND relname <> ALL ($1)`;

async function names(from: string): Promise<unknown[]> {
  const rows = await query(database.url, `SELECT ${from} ORDER BY 1`, [SHARED]);
  return rows.map(({ name }) => name);
}

it('spreads the tables of rows and of counts', async () => {
  expect(await names(`oid::regclass::text AS name FROM (${SPREAD}) AS spread`)).toEqual([
    'user_status',
    'user_status_count',
  ]);
});

it('has a key in each of them', async () => {
  const keys = `conrelid::regclass::text AS name FROM pg_constraint
    WHERE contype = 'p' AND conrelid IN (${SPREAD})`;
  expect(await names(keys)).toEqual(['user_status', 'user_status_count']);
});

it.each([
  [
    'index that does not lead with the collection',
    `indexrelid::regclass::text AS name FROM pg_index
     WHERE indrelid IN (${SPREAD}) AND indkey[0] IS DISTINCT FROM (
       SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'collection_id')`,
  ],
  [
    'key to another table',
    `conname AS name FROM pg_constraint
     WHERE contype = 'f' AND (conrelid IN (${SPREAD}) OR confrelid IN (${SPREAD}))`,
  ],
  [
    'exclusion or trigger of constraints',
    `conname AS name FROM pg_constraint WHERE contype IN ('x', 't') AND conrelid IN (${SPREAD})`,
  ],
  ['trigger', `tgname AS name FROM pg_trigger WHERE tgrelid IN (${SPREAD})`],
  ['rule', `rulename AS name FROM pg_rewrite WHERE ev_class IN (${SPREAD})`],
  [
    'column that a sequence numbers',
    `attname AS name FROM pg_attribute
       LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE attrelid IN (${SPREAD})
       AND (attidentity <> '' OR pg_get_expr(adbin, adrelid) LIKE '%nextval%')`,
  ],
  [
    'sequence beside that of the migrations',
    `relname AS name FROM pg_class
     WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace
       AND relname <> 'schema_migration_id_seq' AND $1::text[] IS NOT NULL`,
  ],
])('has no %s', async (_what, from) => {
  expect(await names(from)).toEqual([]);
});

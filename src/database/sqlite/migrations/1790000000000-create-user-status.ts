import { randomBytes } from 'node:crypto';

import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createOrderIndex, ROWS_ALIKE } from './order-index.js';

/**
 * The properties that are sorted and compared, and how many rows of a collection share a value, as
 * SQLite's planner is told. Each has an index that ends with the key, so that a page is a walk
 * along it.
 */
const INDEXED = {
  devices_count: 5000,
  last_reported_instant: 10,
  status: 10_000,
  user_display_name: 10,
  user_principal_name: 10,
};

const PAGE_TOKEN_KEY_BYTES = 32;

/**
 * A collection is a number in the tables, because each entry of each index names it: with the text
 * that it has in a URL, an insert takes a quarter longer, and the file is a third larger.
 *
 * The tables of rows are in the order of their keys (WITHOUT ROWID), so that a collection's rows
 * lie together. STRICT, so that a wrong type is an error and not a surprise.
 */
const TABLES = [
  `CREATE TABLE "user_status_collection" (
    "id" INTEGER PRIMARY KEY,
    "device_configuration_id" TEXT NOT NULL,
    "navigation" INTEGER NOT NULL,
    UNIQUE ("device_configuration_id", "navigation")
  ) STRICT`,
  `CREATE TABLE "user_status" (
    "collection_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "devices_count" INTEGER NOT NULL,
    "last_reported_date_time" TEXT NOT NULL,
    "last_reported_instant" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "user_display_name" TEXT,
    "user_principal_name" TEXT,
    "revision" INTEGER NOT NULL,
    PRIMARY KEY ("collection_id", "id")
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE "user_status_count" (
    "collection_id" INTEGER NOT NULL,
    "status" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    PRIMARY KEY ("collection_id", "status")
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE "secret" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
];

function isCountOf(row: 'OLD' | 'NEW'): string {
  return `"collection_id" = ${row}."collection_id" AND "status" = ${row}."status"`;
}

const IS_MISSING = `NOT EXISTS (SELECT 1 FROM "user_status_count" WHERE ${isCountOf('NEW')})`;
const ADD_ONE = `UPDATE "user_status_count" SET "count" = "count" + 1 WHERE ${isCountOf('NEW')};`;
const TAKE_ONE = `
  UPDATE OR FAIL "user_status_count" SET "count" = "count" - 1 WHERE ${isCountOf('OLD')};
  DELETE FROM "user_status_count" WHERE ${isCountOf('OLD')} AND "count" = 0;`;

/**
 * How many user statuses of a collection have each status. Triggers count, so that the numbers are
 * true whoever writes. (A program that writes INSERT OR REPLACE has to set `recursive_triggers`, or
 * SQLite runs no trigger for the row that goes.)
 *
 * There is no upsert in them, and no function: where a statement with triggers may have to be
 * undone alone, SQLite copies each page before it changes it, which costs a third of an insert. A
 * writer is spared that if it says OR FAIL, as TAKE_ONE does for deletes. The row to count in is
 * made before the user status: INSERT … SELECT, of a table that it reads itself, takes a temporary
 * table each time. An insert that is refused can leave a zero there.
 */
const TRIGGERS = {
  user_status_before_insert: `
    BEFORE INSERT ON "user_status" WHEN ${IS_MISSING}
    BEGIN
      INSERT INTO "user_status_count" VALUES (NEW."collection_id", NEW."status", 0);
    END`,
  user_status_after_insert: `AFTER INSERT ON "user_status" BEGIN ${ADD_ONE} END`,
  user_status_after_delete: `AFTER DELETE ON "user_status" BEGIN ${TAKE_ONE} END`,
  user_status_after_update: `
    AFTER UPDATE OF "collection_id", "status" ON "user_status"
    WHEN (OLD."collection_id", OLD."status") IS NOT (NEW."collection_id", NEW."status")
    BEGIN
      INSERT INTO "user_status_count"
        SELECT NEW."collection_id", NEW."status", 0 WHERE ${IS_MISSING};
      ${ADD_ONE}
      ${TAKE_ONE}
    END`,
};

export class CreateUserStatus1790000000000 implements MigrationInterface {
  /** It is stored: a bundler may call the class something else. */
  readonly name = 'CreateUserStatus1790000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(table);
    await queryRunner.query(`INSERT INTO "secret" ("name", "value") VALUES (?, ?)`, [
      'page_token_key',
      randomBytes(PAGE_TOKEN_KEY_BYTES).toString('base64'),
    ]);
    await assumeLargeCollections(queryRunner);
    for (const [column, rowsOfValue] of Object.entries(INDEXED)) {
      await createOrderIndex(queryRunner, 'user_status', column, rowsOfValue);
    }
    for (const [name, trigger] of Object.entries(TRIGGERS)) {
      await queryRunner.query(`CREATE TRIGGER "${name}" ${trigger}`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['user_status', 'user_status_count', 'user_status_collection', 'secret']) {
      await queryRunner.query(`DROP TABLE "${name}"`);
    }
  }
}

/**
 * Without statistics SQLite takes collections for so small that reading one whole is cheaper than
 * following an index; with measured ones its plans would change as the data do.
 */
async function assumeLargeCollections(queryRunner: QueryRunner): Promise<void> {
  // Makes the table of statistics, which no CREATE can.
  await queryRunner.query('ANALYZE "secret"');
  await queryRunner.query(
    `INSERT INTO "sqlite_stat1" ("tbl", "idx", "stat") VALUES ('user_status', 'user_status', ?)`,
    [`${ROWS_ALIKE} 1`],
  );
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const KEY = ['device_configuration_id', 'navigation', 'status'].map((column) => `"${column}"`);

function keyOf(row: 'OLD' | 'NEW'): string {
  return KEY.map((column) => `${row}.${column}`).join(', ');
}

function isKeyOf(row: 'OLD' | 'NEW'): string {
  return KEY.map((column) => `${column} = ${row}.${column}`).join(' AND ');
}

const IS_MISSING = `NOT EXISTS (SELECT 1 FROM "user_status_count" WHERE ${isKeyOf('NEW')})`;
const ADD_ONE = `UPDATE "user_status_count" SET "count" = "count" + 1 WHERE ${isKeyOf('NEW')};`;
const TAKE_ONE = `
  UPDATE OR FAIL "user_status_count" SET "count" = "count" - 1 WHERE ${isKeyOf('OLD')};
  DELETE FROM "user_status_count" WHERE ${isKeyOf('OLD')} AND "count" = 0;`;

/**
 * There is no upsert in them, and no function: where a statement with triggers may have to be undone alone, SQLite copies each page before it
 * changes it, which costs a third of an insert. A writer is spared that if it says OR FAIL, as TAKE_ONE does for deletes.
 * The row to count in is made before the user status: INSERT … SELECT, of a table that it reads itself, takes a temporary table each time.
 * An insert that is refused can leave a zero there.
 */
const TRIGGERS = {
  user_status_before_insert: `
    BEFORE INSERT ON "user_status" WHEN ${IS_MISSING}
    BEGIN INSERT INTO "user_status_count" VALUES (${keyOf('NEW')}, 0); END`,
  user_status_after_insert: `AFTER INSERT ON "user_status" BEGIN ${ADD_ONE} END`,
  user_status_after_delete: `AFTER DELETE ON "user_status" BEGIN ${TAKE_ONE} END`,
  user_status_after_update: `
    AFTER UPDATE OF ${KEY.join(', ')} ON "user_status" WHEN (${keyOf('OLD')}) IS NOT (${keyOf('NEW')})
    BEGIN
      INSERT INTO "user_status_count" SELECT ${keyOf('NEW')}, 0 WHERE ${IS_MISSING};
      ${ADD_ONE}
      ${TAKE_ONE}
    END`,
};

/**
 * How many user statuses of a collection have each status. Triggers count, so that the numbers are true whoever writes. (A program that
 * writes INSERT OR REPLACE has to set `recursive_triggers`, or SQLite runs no trigger for the row that goes.)
 */
export class CountUserStatuses1793000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "user_status_count" (
        "device_configuration_id" TEXT NOT NULL,
        "navigation" INTEGER NOT NULL,
        "status" INTEGER NOT NULL,
        "count" INTEGER NOT NULL,
        PRIMARY KEY (${KEY.join(', ')})
      ) STRICT, WITHOUT ROWID
    `);
    await queryRunner.query(
      `INSERT INTO "user_status_count" SELECT ${KEY.join(', ')}, count(*) FROM "user_status" GROUP BY ${KEY.join(', ')}`,
    );
    for (const [name, trigger] of Object.entries(TRIGGERS)) {
      await queryRunner.query(`CREATE TRIGGER "${name}" ${trigger}`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of Object.keys(TRIGGERS)) await queryRunner.query(`DROP TRIGGER "${name}"`);
    await queryRunner.query('DROP TABLE "user_status_count"');
  }
}

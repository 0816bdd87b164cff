import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the tables name a collection, and how many rows share each part of that, as 1792… tells SQLite's planner. */
interface Naming {
  columns: Readonly<Record<string, 'TEXT' | 'INTEGER'>>;
  rowsAlike: string;
}

const BY_CONFIGURATION: Naming = {
  columns: { device_configuration_id: 'TEXT', navigation: 'INTEGER' },
  rowsAlike: '1000000 100000 50000',
};
const BY_KEY: Naming = { columns: { collection_id: 'INTEGER' }, rowsAlike: '1000000 50000' };

/** The properties that are sorted and compared, and how many rows of a collection share a value. */
const INDEXED = {
  devices_count: 5000,
  last_reported_instant: 10,
  status: 10_000,
  user_display_name: 10,
  user_principal_name: 10,
};

/**
 * Gives each collection a number of its own, once and for all, because each entry of each index names the collection: with the text that
 * it has in a URL, an insert takes a quarter longer, and the file is a third larger.
 */
export class KeyCollections1794000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "user_status_collection" (
        "id" INTEGER PRIMARY KEY,
        "device_configuration_id" TEXT NOT NULL,
        "navigation" INTEGER NOT NULL,
        UNIQUE ("device_configuration_id", "navigation")
      ) STRICT
    `);
    await queryRunner.query(`
      INSERT INTO "user_status_collection" ("device_configuration_id", "navigation")
      SELECT DISTINCT "device_configuration_id", "navigation" FROM "user_status" ORDER BY 1, 2
    `);
    await rebuild(
      queryRunner,
      BY_KEY,
      (columns) => `
        SELECT "collection"."id", ${columns}
        FROM "user_status_collection" AS "collection" CROSS JOIN "user_status" AS "row"
          USING ("device_configuration_id", "navigation")
        ORDER BY "collection"."id", "row"."id"`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rebuild(
      queryRunner,
      BY_CONFIGURATION,
      (columns) => `
        SELECT "device_configuration_id", "navigation", ${columns}
        FROM "user_status_collection" AS "collection" CROSS JOIN "user_status" AS "row"
          ON "row"."collection_id" = "collection"."id"
        ORDER BY "device_configuration_id", "navigation", "row"."id"`,
    );
    await queryRunner.query('DROP TABLE "user_status_collection"');
  }
}

/** Makes the tables of user statuses and of their counts anew, with all that belongs to them, and moves the rows in the order of the key. */
async function rebuild(
  queryRunner: QueryRunner,
  { columns, rowsAlike }: Naming,
  toSelect: (columns: string) => string,
): Promise<void> {
  const names = Object.keys(columns);
  const key = names.map(quote).join(', ');
  const definitions = Object.entries(columns).map(([name, type]) => `"${name}" ${type} NOT NULL,`);

  // What they take in the file is free for the new table at once, so that the file need not grow.
  for (const column of Object.keys(INDEXED)) {
    await queryRunner.query(`DROP INDEX "user_status_${column}"`);
  }
  await queryRunner.query(`
    CREATE TABLE "user_status_moved" (
      ${definitions.join(' ')}
      "id" TEXT NOT NULL,
      "devices_count" INTEGER NOT NULL,
      "last_reported_date_time" TEXT NOT NULL,
      "last_reported_instant" TEXT NOT NULL,
      "status" INTEGER NOT NULL,
      "user_display_name" TEXT,
      "user_principal_name" TEXT,
      "revision" INTEGER NOT NULL,
      PRIMARY KEY (${key}, "id")
    ) STRICT, WITHOUT ROWID
  `);
  const moved = ['id', 'last_reported_date_time', ...Object.keys(INDEXED), 'revision'].map(quote);
  await queryRunner.query(
    `INSERT INTO "user_status_moved" (${key}, ${moved.join(', ')}) ` +
      toSelect(moved.map((column) => `"row".${column}`).join(', ')),
  );
  // The triggers go with it.
  await queryRunner.query('DROP TABLE "user_status"');
  await queryRunner.query('ALTER TABLE "user_status_moved" RENAME TO "user_status"');
  for (const column of Object.keys(INDEXED)) {
    await queryRunner.query(
      `CREATE INDEX "user_status_${column}" ON "user_status" (${key}, "${column}", "id")`,
    );
  }
  await tellStatistics(queryRunner, rowsAlike);
  await count(queryRunner, names, definitions);
}

async function tellStatistics(queryRunner: QueryRunner, rowsAlike: string): Promise<void> {
  const statistics = [
    ['user_status', `${rowsAlike} 1`],
    ...Object.entries(INDEXED).map(([column, alike]) => [
      `user_status_${column}`,
      `${rowsAlike} ${String(alike)} 1`,
    ]),
  ];
  for (const [index, stat] of statistics) {
    await queryRunner.query(
      `INSERT INTO "sqlite_stat1" ("tbl", "idx", "stat") VALUES ('user_status', '${index!}', '${stat!}')`,
    );
  }
  await queryRunner.query('ANALYZE "sqlite_schema"');
}

async function count(
  queryRunner: QueryRunner,
  names: readonly string[],
  definitions: readonly string[],
): Promise<void> {
  const columns = [...names, 'status'];
  const key = columns.map(quote).join(', ');
  await queryRunner.query('DROP TABLE "user_status_count"');
  await queryRunner.query(`
    CREATE TABLE "user_status_count" (
      ${definitions.join(' ')}
      "status" INTEGER NOT NULL,
      "count" INTEGER NOT NULL,
      PRIMARY KEY (${key})
    ) STRICT, WITHOUT ROWID
  `);
  await queryRunner.query(
    `INSERT INTO "user_status_count" SELECT ${key}, count(*) FROM "user_status" GROUP BY ${key}`,
  );
  for (const [name, trigger] of Object.entries(toTriggers(columns))) {
    await queryRunner.query(`CREATE TRIGGER "${name}" ${trigger}`);
  }
}

/** The triggers of 1793…, which says why they are as they are. */
function toTriggers(columns: readonly string[]): Record<string, string> {
  const keyOf = (row: 'OLD' | 'NEW'): string =>
    columns.map((column) => `${row}."${column}"`).join(', ');
  const isKeyOf = (row: 'OLD' | 'NEW'): string =>
    columns.map((column) => `"${column}" = ${row}."${column}"`).join(' AND ');
  const isMissing = `NOT EXISTS (SELECT 1 FROM "user_status_count" WHERE ${isKeyOf('NEW')})`;
  const addOne = `UPDATE "user_status_count" SET "count" = "count" + 1 WHERE ${isKeyOf('NEW')};`;
  const takeOne = `
    UPDATE OR FAIL "user_status_count" SET "count" = "count" - 1 WHERE ${isKeyOf('OLD')};
    DELETE FROM "user_status_count" WHERE ${isKeyOf('OLD')} AND "count" = 0;`;
  return {
    user_status_before_insert: `
      BEFORE INSERT ON "user_status" WHEN ${isMissing}
      BEGIN INSERT INTO "user_status_count" VALUES (${keyOf('NEW')}, 0); END`,
    user_status_after_insert: `AFTER INSERT ON "user_status" BEGIN ${addOne} END`,
    user_status_after_delete: `AFTER DELETE ON "user_status" BEGIN ${takeOne} END`,
    user_status_after_update: `
      AFTER UPDATE OF ${columns.map(quote).join(', ')} ON "user_status"
      WHEN (${keyOf('OLD')}) IS NOT (${keyOf('NEW')})
      BEGIN
        INSERT INTO "user_status_count" SELECT ${keyOf('NEW')}, 0 WHERE ${isMissing};
        ${addOne}
        ${takeOne}
      END`,
  };
}

function quote(name: string): string {
  return `"${name}"`;
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many rows share a value, as SQLite's planner is told: rows in all, of a configuration, of a collection, of a value in it.
 * Without statistics it takes collections for so small that reading one whole is cheaper than following an index; with measured ones
 * its plans would change as the data do.
 */
const ROWS_ALIKE = {
  user_status: '1000000 100000 50000 1',
  user_status_devices_count: '1000000 100000 50000 5000 1',
  user_status_last_reported_instant: '1000000 100000 50000 10 1',
  user_status_status: '1000000 100000 50000 10000 1',
  user_status_user_display_name: '1000000 100000 50000 10 1',
  user_status_user_principal_name: '1000000 100000 50000 10 1',
};

export class AssumeLargeCollections1792000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Makes the table of statistics, which no CREATE can.
    await queryRunner.query('ANALYZE "secret"');
    await queryRunner.query(`DELETE FROM "sqlite_stat1" WHERE "tbl" = 'user_status'`);
    for (const [index, stat] of Object.entries(ROWS_ALIKE)) {
      await queryRunner.query(
        `INSERT INTO "sqlite_stat1" ("tbl", "idx", "stat") VALUES ('user_status', '${index}', '${stat}')`,
      );
    }
    // Has this connection read them; later ones do when they open.
    await queryRunner.query('ANALYZE "sqlite_schema"');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM "sqlite_stat1"');
    await queryRunner.query('ANALYZE "sqlite_schema"');
  }
}

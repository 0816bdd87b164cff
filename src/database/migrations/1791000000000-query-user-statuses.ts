import { randomBytes } from 'node:crypto';

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The properties that are sorted and compared; each index ends with the key, so that a page is a walk along it. */
const INDEXED = [
  'devices_count',
  'last_reported_instant',
  'status',
  'user_display_name',
  'user_principal_name',
];

const PAGE_TOKEN_KEY_BYTES = 32;

export class QueryUserStatuses1791000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const column of INDEXED) {
      await queryRunner.query(
        `CREATE INDEX "user_status_${column}" ON "user_status" ` +
          `("device_configuration_id", "navigation", "${column}", "id")`,
      );
    }
    await queryRunner.query(`
      CREATE TABLE "secret" (
        "name" TEXT NOT NULL PRIMARY KEY,
        "value" TEXT NOT NULL
      ) STRICT, WITHOUT ROWID
    `);
    await queryRunner.query(
      `INSERT INTO "secret" ("name", "value") VALUES ('page_token_key', '${randomBytes(PAGE_TOKEN_KEY_BYTES).toString('base64')}')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "secret"');
    for (const column of INDEXED) await queryRunner.query(`DROP INDEX "user_status_${column}"`);
  }
}

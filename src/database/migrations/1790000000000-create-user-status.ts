import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUserStatus1790000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "user_status" (
        "device_configuration_id" TEXT NOT NULL,
        "navigation" INTEGER NOT NULL,
        "id" TEXT NOT NULL,
        "devices_count" INTEGER NOT NULL,
        "last_reported_date_time" TEXT NOT NULL,
        "last_reported_instant" TEXT NOT NULL,
        "status" INTEGER NOT NULL,
        "user_display_name" TEXT,
        "user_principal_name" TEXT,
        "revision" INTEGER NOT NULL,
        PRIMARY KEY ("device_configuration_id", "navigation", "id")
      ) STRICT, WITHOUT ROWID
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "user_status"');
  }
}

import { randomBytes } from 'node:crypto';

import type { MigrationInterface, QueryRunner } from 'typeorm';

const PAGE_TOKEN_KEY_BYTES = 32;

/**
 * The key of every table leads with the collection, and nothing crosses collections: tables can be
 * sharded by it. A collection's number is drawn by who writes its first row: a sequence would be
 * one place that all shards ask.
 *
 * Texts are compared by code points, as everywhere in the service, whatever the database's locale.
 */
const TABLES = [
  `CREATE TABLE "user_status_collection" (
    "id" bigint PRIMARY KEY,
    "device_configuration_id" text COLLATE "C" NOT NULL,
    "navigation" smallint NOT NULL,
    UNIQUE ("device_configuration_id", "navigation")
  )`,
  // Columns of a fixed length first: they need no padding between them.
  `CREATE TABLE "user_status" (
    "collection_id" bigint NOT NULL,
    "revision" bigint NOT NULL,
    "devices_count" integer NOT NULL,
    "status" smallint NOT NULL,
    "id" text COLLATE "C" NOT NULL,
    "last_reported_date_time" text COLLATE "C" NOT NULL,
    "last_reported_instant" text COLLATE "C" NOT NULL,
    "user_display_name" text COLLATE "C",
    "user_principal_name" text COLLATE "C",
    PRIMARY KEY ("collection_id", "id")
  )`,
  // Each connection that writes counts in a bucket of its own, so that none waits for another. The
  // sum over the buckets is the count; one alone may be negative. Room for the new version of a row
  // on its page spares the index.
  `CREATE TABLE "user_status_count" (
    "collection_id" bigint NOT NULL,
    "status" smallint NOT NULL,
    "bucket" smallint NOT NULL,
    "count" bigint NOT NULL,
    PRIMARY KEY ("collection_id", "status", "bucket")
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE "secret" (
    "name" text COLLATE "C" PRIMARY KEY,
    "value" text NOT NULL
  )`,
];

/**
 * What is sorted and compared: each index ends with the key, so that a page is a walk along it. Of
 * a name its first characters: 1,024 of four bytes each do not fit into the row of an index. Nulls
 * are the lowest, as in OData.
 */
const INDEXES = {
  devices_count: '"devices_count"',
  last_reported_instant: '"last_reported_instant"',
  status: '"status"',
  user_display_name: 'left("user_display_name", 256) NULLS FIRST',
  user_principal_name: 'left("user_principal_name", 256) NULLS FIRST',
};

export class CreateUserStatus1790000000000 implements MigrationInterface {
  /** It is stored: a bundler may call the class something else. */
  readonly name = 'CreateUserStatus1790000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(table);
    for (const [column, key] of Object.entries(INDEXES)) {
      await queryRunner.query(
        `CREATE INDEX "user_status_${column}" ON "user_status" ("collection_id", ${key}, "id")`,
      );
    }
    await queryRunner.query(`INSERT INTO "secret" ("name", "value") VALUES ($1, $2)`, [
      'page_token_key',
      randomBytes(PAGE_TOKEN_KEY_BYTES).toString('base64'),
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['user_status', 'user_status_count', 'user_status_collection', 'secret']) {
      await queryRunner.query(`DROP TABLE "${name}"`);
    }
  }
}

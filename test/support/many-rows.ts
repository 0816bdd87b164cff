import type { Database } from 'better-sqlite3';

import { loadSqliteDriver } from '../../src/database/sqlite/sqlite-driver.js';
import { CONFIGURATION } from './user-status.js';

/** Fills a collection like `COLLECTION` in a database of the service by SQL: requests would take too long. Names are of so many characters. */
export async function seedManyRows(
  file: string,
  count: number,
  nameLength = 20,
  configuration = CONFIGURATION,
): Promise<void> {
  const Driver = await loadSqliteDriver();
  const database: Database = new Driver(file);
  const collectionId = database
    .prepare(
      `INSERT INTO user_status_collection (device_configuration_id, navigation) VALUES (?, 1) RETURNING id`,
    )
    .pluck()
    .get(configuration);
  database
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < CAST(@count AS INTEGER))
       INSERT INTO user_status (collection_id, id, devices_count, last_reported_date_time, last_reported_instant, status,
         user_display_name, user_principal_name, revision)
       SELECT CAST(@collectionId AS INTEGER), printf('k%08d', n), n % 7, '2026-11-01T00:00:00Z', '063929433600', n % 8,
         substr(printf('User %08d ', n * 7919 % 10007) || replace(hex(zeroblob(@nameLength)), '00', 'ü'), 1, @nameLength),
         printf('u%d@contoso.example', n), 1793491200000000 + n
       FROM numbers`,
    )
    .run({ count, collectionId, nameLength });
  database.close();
}

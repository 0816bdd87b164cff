/** The service on a database with many rows in it, which SQL makes. The schema is the service's own. */
import { spawnSync } from 'node:child_process';

import type pg from 'pg';

import { showProgress } from '../../progress.js';
import { startTarget } from '../../target.js';
import { type SeededCollection } from '../engine.js';
import { installService, type PostgresInstallation } from './installations.js';
import { NAVIGATION, VALUES } from './seed-values.js';
import { withClient } from './server.js';

/** How many collections are filled at once. */
const FILLERS = 2;
const SHOWN_ROWS = 1_000_000;

export async function installSeeded(
  name: string,
  collections: readonly SeededCollection[],
): Promise<PostgresInstallation> {
  const installation = await installService();
  await (await startTarget(installation)).stop();
  const { databaseUrl: url } = installation;
  showProgress(`seed: ${name}`);
  await withClient(url, async (client) => {
    const indexes = await dropIndexes(client);
    await fill(url, collections);
    await client.query(
      `INSERT INTO user_status_count (collection_id, status, bucket, count)
       SELECT collection_id, status, 0, count(*) FROM user_status GROUP BY collection_id, status`,
    );
    showProgress('seed: VACUUM, CHECKPOINT');
    await client.query('VACUUM');
    // Before the indexes: right behind a checkpoint, each page that is changed for the first time is logged whole.
    await client.query('CHECKPOINT');
    for (const { indexname, indexdef } of indexes) {
      showProgress(`seed: ${indexname}`);
      await client.query(indexdef);
    }
    await client.query('ANALYZE');
  });
  // What the system still has to write would be written while something is measured.
  spawnSync('sync');
  return installation;
}

/** All but the key, and what they were. */
async function dropIndexes(client: pg.Client): Promise<{ indexname: string; indexdef: string }[]> {
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    `SELECT indexname, indexdef FROM pg_indexes
     WHERE tablename = 'user_status' AND indexname NOT IN
       (SELECT conname FROM pg_constraint WHERE conrelid = 'user_status'::regclass)`,
  );
  for (const { indexname } of rows) await client.query(`DROP INDEX ${indexname}`);
  return rows;
}

async function fill(url: string, collections: readonly SeededCollection[]): Promise<void> {
  const firsts = toFirsts(collections);
  let next = 0;
  let done = 0;
  const fillOn = (): Promise<void> =>
    withClient(url, async (client) => {
      const insert = await toInsert(client);
      while (next < collections.length) {
        const index = next;
        next += 1;
        const { configuration, rows } = collections[index]!;
        const first = firsts[index]!;
        await client.query(insert, [
          await insertCollection(client, configuration, index + 1),
          first,
          first + rows - 1,
        ]);
        if (Math.floor((done + rows) / SHOWN_ROWS) > Math.floor(done / SHOWN_ROWS)) {
          showProgress(`seed: ${(done + rows).toLocaleString('en')} rows`);
        }
        done += rows;
      }
    });
  await Promise.all(Array.from({ length: FILLERS }, fillOn));
}

/** The number of each collection's first row. */
function toFirsts(collections: readonly SeededCollection[]): number[] {
  let first = 1;
  return collections.map(({ rows }) => {
    first += rows;
    return first - rows;
  });
}

async function toInsert(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ attname: string }>(
    `SELECT attname FROM pg_attribute
     WHERE attrelid = 'user_status'::regclass AND attnum > 0 AND NOT attisdropped`,
  );
  const columns = rows.map(({ attname }) => attname);
  const unknown = columns.filter((column) => !(column in VALUES));
  if (unknown.length > 0) throw new Error(`seed-values.ts has no value for ${unknown.join()}`);
  return `INSERT INTO user_status (${columns.join(', ')})
    SELECT ${columns.map((column) => VALUES[column]).join(', ')}
    FROM generate_series($2::bigint, $3::bigint) AS numbers (n)`;
}

/** The service draws such a number at random; so `id` may be any. */
async function insertCollection(
  client: pg.Client,
  configuration: string,
  id: number,
): Promise<number> {
  await client.query(
    `INSERT INTO user_status_collection (id, device_configuration_id, navigation) VALUES ($1, $2, $3)`,
    [id, configuration, NAVIGATION],
  );
  return id;
}

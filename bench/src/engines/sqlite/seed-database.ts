/** Fills a database of the service by SQL. The schema is the service's own, and is read from the database. */
import Database from 'better-sqlite3';

import { showProgress } from '../../progress.js';
import { type SeededCollection } from '../engine.js';
import { NAVIGATION, VALUES } from './seed-values.js';

const ROWS_OF_TRANSACTION = 1_000_000;
const CACHE_KIB = 1_048_576;

interface SchemaItem {
  type: 'index' | 'trigger';
  name: string;
  sql: string;
}

/** The collections in the order of their keys, so that each row comes behind the last. */
export function seedDatabase(file: string, collections: readonly SeededCollection[]): void {
  const database = new Database(file);
  // Nothing of it counts before the whole is there.
  database.pragma('journal_mode = DELETE');
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma('threads = 2');

  const items = database
    .prepare<[], SchemaItem>(
      `SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'user_status' AND type IN ('index', 'trigger') AND sql NOT NULL`,
    )
    .all();
  // They go with their indexes, and a plan depends on them.
  const statistics = database
    .prepare<[], unknown[]>(`SELECT tbl, idx, stat FROM sqlite_stat1 WHERE tbl = 'user_status'`)
    .raw()
    .all();
  for (const { type, name } of items) database.exec(`DROP ${type} "${name}"`);
  insertRows(database, collections);
  insertCounts(database);
  for (const { type, name, sql } of items) {
    if (type === 'index') showProgress(`seed: ${name}`);
    database.exec(sql);
  }
  database.exec(`DELETE FROM sqlite_stat1 WHERE tbl = 'user_status'`);
  const insertStatistic = database.prepare('INSERT INTO sqlite_stat1 VALUES (?, ?, ?)');
  for (const statistic of statistics) insertStatistic.run(statistic);

  database.pragma('locking_mode = NORMAL');
  database.pragma('journal_mode = WAL');
  database.close();
}

function columnsOf(database: Database.Database, table: string): string[] {
  return database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?)')
    .pluck()
    .all(table);
}

function insertRows(database: Database.Database, collections: readonly SeededCollection[]): void {
  const columns = columnsOf(database, 'user_status');
  const unknown = columns.filter((column) => !(column in VALUES));
  if (unknown.length > 0) throw new Error(`src/seed-values.ts has no value for ${unknown.join()}`);
  const insert = database.prepare<[Record<string, unknown>]>(
    // The driver binds every number as a REAL.
    `WITH RECURSIVE numbers (n) AS
       (SELECT CAST(@first AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n < @last)
     INSERT INTO user_status (${columns.join(', ')})
     SELECT ${columns.map((column) => VALUES[column]).join(', ')} FROM numbers`,
  );
  const total = collections.reduce((sum, { rows }) => sum + rows, 0);

  let done = 0;
  database.exec('BEGIN');
  for (const { configuration, rows } of collections) {
    const parameters = {
      navigation: NAVIGATION,
      deviceConfigurationId: configuration,
      ...(columns.includes('collection_id') && {
        collectionId: insertCollection(database, configuration),
      }),
    };
    for (let left = rows; left > 0;) {
      const chunk = Math.min(left, ROWS_OF_TRANSACTION - (done % ROWS_OF_TRANSACTION));
      insert.run({ ...parameters, first: done + 1, last: done + chunk });
      left -= chunk;
      done += chunk;
      if (done % ROWS_OF_TRANSACTION === 0) {
        database.exec('COMMIT; BEGIN');
        showProgress(`seed: ${done.toLocaleString('en')} of ${total.toLocaleString('en')} rows`);
      }
    }
  }
  database.exec('COMMIT');
}

function insertCollection(database: Database.Database, configuration: string): unknown {
  return database
    .prepare<[string, number], unknown>(
      `INSERT INTO user_status_collection (device_configuration_id, navigation) VALUES (?, ?) RETURNING id`,
    )
    .pluck()
    .get(configuration, NAVIGATION);
}

function insertCounts(database: Database.Database): void {
  const key = columnsOf(database, 'user_status_count').filter((column) => column !== 'count');
  if (key.length === 0) return;
  showProgress('seed: user_status_count');
  database.exec(
    `INSERT INTO user_status_count (${key.join(', ')}, count)
     SELECT ${key.join(', ')}, count(*) FROM user_status GROUP BY ${key.join(', ')}`,
  );
}

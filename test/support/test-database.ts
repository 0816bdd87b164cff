/** The database of a service of the tests, of whichever engine they run on, from outside. */
import { join } from 'node:path';

import { PostgresTestDatabase } from './postgres-database.js';
import { SqliteTestDatabase } from './sqlite-database.js';

declare global {
  /** The engine that the tests of this Jest project run on. */
  const TEST_ENGINE: 'sqlite' | 'postgres';
}

export interface ManyRows {
  /** The device configuration whose collection like `COLLECTION` is filled. */
  configuration: string;
  count: number;
  /** Of the display names, in characters. */
  nameLength: number;
}

/** What another program sees of a database, and can do to it. */
export interface TestDatabase {
  /** The settings by which a service finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** The rows of one statement, numbers as numbers. */
  query(statement: string): Promise<Record<string, unknown>[]>;
  /** Takes every status away. Services may be running, but not writing. */
  empty(): Promise<void>;
  /** Fills a collection, which requests would take too long for. */
  addRows(rows: ManyRows): Promise<void>;
  /** Holds up whoever writes until the function that is returned is called. */
  lockWrites(): Promise<() => Promise<void>>;
  /** How many transactions wrote what `work` stores, or changes, of what is there in the end. */
  countCommits(work: () => Promise<unknown>): Promise<number>;
  /** What waits in the write-ahead log, where that is a matter of the service's. */
  logBytes(): number;
  drop(): Promise<void>;
}

const databases = new Map<string, Promise<TestDatabase>>();

/** The database that belongs to the data in a folder: a new one, unless it is known by a URL. */
export function databaseOf(dataDir: string, url?: string): Promise<TestDatabase> {
  let database = databases.get(dataDir);
  if (database === undefined) {
    database =
      TEST_ENGINE === 'sqlite'
        ? Promise.resolve(new SqliteTestDatabase(join(dataDir, 'user-statuses.db')))
        : PostgresTestDatabase.open(url);
    databases.set(dataDir, database);
  }
  return database;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { databaseOf } from '../test-database.js';
import type { Query } from './audit.js';

/** Where a service of one test keeps what it is given. */
export interface Storage {
  dataDir: string;
  /** The settings by which a service finds it. */
  env: Record<string, string>;
  query: Query;
  remove: () => Promise<void>;
}

/** A new database of the engine that the tests run on. */
export async function createStorage(): Promise<Storage> {
  const dataDir = makeDataDir();
  const database = await databaseOf(dataDir);
  return {
    dataDir,
    env: { DATA_DIR: dataDir },
    query: (statement) => database.query(statement),
    async remove() {
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** A database of PostgreSQL that there is, reached by the service and by `query` each in its way. */
export async function storageOn(url: string, query: Query): Promise<Storage> {
  const dataDir = makeDataDir();
  await databaseOf(dataDir, url);
  return {
    dataDir,
    env: { DATA_DIR: dataDir, DATABASE_URL: url },
    query,
    remove() {
      rmSync(dataDir, { recursive: true });
      return Promise.resolve();
    },
  };
}

function makeDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'user-statuses-'));
}

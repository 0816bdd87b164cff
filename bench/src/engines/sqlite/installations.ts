/** The service on SQLite, and servers on SQLite to measure it against. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import Database from 'better-sqlite3';

import { createFolder, removeFolder } from '../../leftovers.js';
import {
  createToken,
  DIALECTS,
  toServiceProgram,
  type BaselineName,
  type Installation,
} from '../../target.js';

const BASELINE_SCRIPTS: Partial<Record<BaselineName, string>> = {
  bare: 'sqlite/bare.js',
  ceiling: 'sqlite/ceiling.js',
  stock: 'stock/main.js',
  cap: 'cap/main.js',
};

export interface SqliteInstallation extends Installation {
  databaseFile: string;
}

/** `folder` may hold a database that is to be used. */
export async function installService(folder = createFolder()): Promise<SqliteInstallation> {
  const databaseFile = join(folder, 'user-statuses.db');
  return {
    ...DIALECTS.service,
    name: 'service',
    program: toServiceProgram(folder),
    token: await createToken(folder),
    databaseFile,
    countRows: () => countRows(databaseFile, 'user_status'),
    remove: () => removeFolder(folder),
  };
}

export function installBaseline(name: BaselineName): SqliteInstallation {
  const folder = createFolder();
  const databaseFile = join(folder, 'user-statuses.db');
  const script = fileURLToPath(
    new URL(`../../servers/${BASELINE_SCRIPTS[name]!}`, import.meta.url),
  );
  const table = name === 'cap' ? 'DeviceManagement_UserStatuses' : 'user_status';
  return {
    ...DIALECTS[name],
    name,
    program: { script, folder, env: { DATABASE: databaseFile } },
    token: undefined,
    databaseFile,
    countRows: () => countRows(databaseFile, table),
    remove: () => removeFolder(folder),
  };
}

function countRows(databaseFile: string, table: string): number {
  const database = new Database(databaseFile, { readonly: true });
  try {
    return database.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get()!;
  } finally {
    database.close();
  }
}

export function readVersion(): string {
  const database = new Database(':memory:');
  const version = database.prepare<[], string>('SELECT sqlite_version()').pluck().get()!;
  database.close();
  return version;
}

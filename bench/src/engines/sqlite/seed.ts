/** Data folders of the service with many rows in them. They take minutes to make, so they are kept, and used as copies. */
import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import Database from 'better-sqlite3';

import { createFolder } from '../../leftovers.js';
import { showProgress } from '../../progress.js';
import { startTarget } from '../../target.js';
import { type SeededCollection } from '../engine.js';
import { installService, type SqliteInstallation } from './installations.js';
import { seedDatabase } from './seed-database.js';
import { VALUES } from './seed-values.js';

const CACHE = fileURLToPath(new URL('../../../.data/', import.meta.url));

/** The service on a database that has these rows, in a folder of its own. */
export async function installSeeded(
  name: string,
  collections: readonly SeededCollection[],
): Promise<SqliteInstallation> {
  const empty = await createEmptyDatabase();
  const hash = createHash('sha256')
    .update(JSON.stringify([readSchema(empty.databaseFile), VALUES, collections]))
    .digest('hex')
    .slice(0, 12);
  const kept = join(CACHE, `${name}-${hash}.db`);
  if (!existsSync(kept)) await make(name, kept, empty, collections);
  await empty.remove();

  const folder = createFolder();
  const installation = await installService(folder);
  copyFileSync(kept, installation.databaseFile, constants.COPYFILE_FICLONE);
  await syncFile(installation.databaseFile);
  return installation;
}

/** What the service makes of a folder when it first starts. */
async function createEmptyDatabase(): Promise<SqliteInstallation> {
  const installation = await installService();
  const target = await startTarget(installation);
  await target.stop();
  return installation;
}

function readSchema(databaseFile: string): string[] {
  const database = new Database(databaseFile, { readonly: true });
  const schema = database
    .prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name')
    .pluck()
    .all();
  database.close();
  return schema;
}

async function make(
  name: string,
  kept: string,
  empty: SqliteInstallation,
  collections: readonly SeededCollection[],
): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  // Of an older schema, or of a run that was broken off.
  for (const file of readdirSync(CACHE)) {
    if (file.startsWith(`${name}-`)) rmSync(join(CACHE, file));
  }
  showProgress(`seed: ${name} is made once, and kept in bench/.data`);
  const unfinished = `${kept}.unfinished`;
  copyFileSync(empty.databaseFile, unfinished);
  seedDatabase(unfinished, collections);
  await syncFile(unfinished);
  renameSync(unfinished, kept);
}

/** What the system still has to write would be written while something is measured. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}

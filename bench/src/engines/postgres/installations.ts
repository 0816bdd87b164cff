/** The service on PostgreSQL, and servers on PostgreSQL to measure it against. */
import { fileURLToPath } from 'node:url';

import { createFolder, removeFolder } from '../../leftovers.js';
import {
  createToken,
  DIALECTS,
  toServiceProgram,
  type BaselineName,
  type Installation,
} from '../../target.js';
import { createDatabase, query } from './server.js';

export interface PostgresInstallation extends Installation {
  databaseUrl: string;
}

export async function installService(): Promise<PostgresInstallation> {
  const folder = createFolder();
  const database = await createDatabase();
  return {
    ...DIALECTS.service,
    name: 'service',
    program: toServiceProgram(folder, { DATABASE_URL: database.url }),
    token: await createToken(folder),
    databaseUrl: database.url,
    countRows: () => countRows(database.url),
    async remove() {
      removeFolder(folder);
      await database.drop();
    },
  };
}

/** Another process of the service on the same database, which takes the same tokens. */
export function installReplica(of: PostgresInstallation): PostgresInstallation {
  const folder = createFolder();
  const { program } = of;
  return { ...of, program: { ...program, folder }, remove: () => removeFolder(folder) };
}

export async function installBaseline(name: BaselineName): Promise<PostgresInstallation> {
  const folder = createFolder();
  const database = await createDatabase();
  const server = name.replace('indexed-', '');
  const script = fileURLToPath(new URL(`../../servers/postgres/${server}.js`, import.meta.url));
  const indexes = name === server ? 'key' : 'all';
  return {
    ...DIALECTS[name],
    name,
    program: { script, folder, env: { DATABASE: database.url, INDEXES: indexes } },
    token: undefined,
    databaseUrl: database.url,
    countRows: () => countRows(database.url),
    async remove() {
      removeFolder(folder);
      await database.drop();
    },
  };
}

async function countRows(url: string): Promise<number> {
  const [row] = await query<{ rows: string }>(url, 'SELECT count(*) AS rows FROM user_status');
  return Number(row!.rows);
}

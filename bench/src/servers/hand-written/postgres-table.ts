import pg from 'pg';

import { type Store, type UserStatus } from './user-status.js';

/** The server syncs commits that come together at once: with the 10 of `pg`, or with 16, fewer rows were written. */
const POOL_CONNECTIONS = 32;

/** What the service has indexes for, besides the key. */
const INDEXED = [
  '"devicesCount"',
  '"lastReportedDateTime"',
  'status',
  '"userDisplayName"',
  '"userPrincipalName"',
];

export const COLUMNS =
  'id, "devicesCount", "lastReportedDateTime", status, "userDisplayName", "userPrincipalName"';

/** One table, on a pool, with its key and, if they are asked for, indexes. Statements have names, so each connection prepares them once. */
export async function openTable(url: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: POOL_CONNECTIONS });
  await pool.query(`
    CREATE TABLE IF NOT EXISTS user_status (
      "deviceConfigurationId" text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      "devicesCount" integer NOT NULL,
      "lastReportedDateTime" text NOT NULL,
      status text NOT NULL,
      "userDisplayName" text,
      "userPrincipalName" text,
      PRIMARY KEY ("deviceConfigurationId", id)
    )`);
  if (process.env.INDEXES === 'all') {
    for (const column of INDEXED) {
      await pool.query(`CREATE INDEX ON user_status ("deviceConfigurationId", ${column}, id)`);
    }
  }
  return pool;
}

export function toStore(pool: pg.Pool, insert: Store['insert']): Store {
  return {
    insert,
    async find(deviceConfigurationId, id) {
      const { rows } = await pool.query<UserStatus>({
        name: 'find',
        text: `SELECT ${COLUMNS} FROM user_status WHERE "deviceConfigurationId" = $1 AND id = $2`,
        values: [deviceConfigurationId, id],
      });
      return rows[0];
    },
    async list(deviceConfigurationId, top) {
      const { rows } = await pool.query<UserStatus>({
        name: 'list',
        text: `SELECT ${COLUMNS} FROM user_status WHERE "deviceConfigurationId" = $1 ORDER BY id LIMIT $2`,
        values: [deviceConfigurationId, top],
      });
      return rows;
    },
    close: () => pool.end(),
  };
}

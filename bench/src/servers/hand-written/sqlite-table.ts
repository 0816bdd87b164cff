import Database from 'better-sqlite3';

import { type Store, type UserStatus } from './user-status.js';

const COLUMNS =
  'id, devicesCount, lastReportedDateTime, status, userDisplayName, userPrincipalName';

/** One table with its key and nothing else, and a prepared statement for each thing that is asked of it. */
export function openTable(path: string) {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE IF NOT EXISTS user_status (
      deviceConfigurationId TEXT NOT NULL,
      id TEXT NOT NULL,
      devicesCount INTEGER NOT NULL,
      lastReportedDateTime TEXT NOT NULL,
      status TEXT NOT NULL,
      userDisplayName TEXT,
      userPrincipalName TEXT,
      PRIMARY KEY (deviceConfigurationId, id)
    ) WITHOUT ROWID`);
  const insert = database.prepare<[string, UserStatus]>(
    `INSERT INTO user_status (deviceConfigurationId, ${COLUMNS}) VALUES
      (?, @id, @devicesCount, @lastReportedDateTime, @status, @userDisplayName, @userPrincipalName)`,
  );
  const find = database.prepare<[string, string], UserStatus>(
    `SELECT ${COLUMNS} FROM user_status WHERE deviceConfigurationId = ? AND id = ?`,
  );
  const list = database.prepare<[string, number], UserStatus>(
    `SELECT ${COLUMNS} FROM user_status WHERE deviceConfigurationId = ? ORDER BY id LIMIT ?`,
  );
  return { database, insert, find, list };
}

export type Table = ReturnType<typeof openTable>;

export function toStore({ database, find, list }: Table, insert: Store['insert']): Store {
  return {
    insert,
    find: (deviceConfigurationId, id) => find.get(deviceConfigurationId, id),
    list: (deviceConfigurationId, top) => list.all(deviceConfigurationId, top),
    close: () => void database.close(),
  };
}

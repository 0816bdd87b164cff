import { loadSqliteDriver } from '../../src/database/sqlite/sqlite-driver.js';

/** SQLite by the service's own driver, for a look at the file from outside. */
export const Sqlite = await loadSqliteDriver();

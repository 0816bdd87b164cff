/** Loaded before the service (`--import`): SQLite finds the disk full when the file has `MAX_PAGES` pages. */
import { loadSqliteDriver } from '../../dist/src/database/sqlite/sqlite-driver.js';

const { prototype } = await loadSqliteDriver();
const { pragma } = prototype;

/** The limit is a connection's own, and each sets how it syncs. */
prototype.pragma = function pragmaOnFullDisk(source, ...options) {
  if (source.startsWith('synchronous')) {
    pragma.call(this, `max_page_count = ${process.env.MAX_PAGES}`);
  }
  return pragma.call(this, source, ...options);
};

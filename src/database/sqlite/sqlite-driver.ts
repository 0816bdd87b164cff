import type BetterSqlite3 from 'better-sqlite3';

export type SqliteDriver = typeof BetterSqlite3;

/** What better-sqlite3 asks for since it is built on Node-API: Node 22.14 and later have it. */
const NODE_API_VERSION = 10;

/**
 * better-sqlite3, in the release that this Node can run. From 13 on it crashes where Node-API is
 * older, as in Node 20. Up to 12 it uses V8's own interface, and since Node 24.19 the process
 * aborts when one of its statements is garbage-collected.
 */
export async function loadSqliteDriver(): Promise<SqliteDriver> {
  const isNodeApi = Number(process.versions.napi) >= NODE_API_VERSION;
  try {
    return isNodeApi
      ? (await import('better-sqlite3')).default
      : (await import('better-sqlite3-node-20')).default;
  } catch (cause) {
    // Each Node installs its own: the other release is no use to it.
    const remedy = isNodeApi
      ? 'run npm ci again with this Node'
      : 'use Node 22.14 or newer, or install a C++ compiler, make and Python, and run npm ci again';
    throw new Error(`the driver of the database is not installed: ${remedy}`, { cause });
  }
}

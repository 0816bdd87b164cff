import { expect } from '@jest/globals';

import { createTestDatabase, query } from './postgres.js';
import { StatementProxy } from './statement-proxy.js';
import { toRow, UserStatusStore } from './user-status-store.js';

/** Two stores on a new database of PostgreSQL, one of them through a proxy. */
export interface HinderedStore {
  url: string;
  proxy: StatementProxy;
  /** Through the proxy, and another that is not hindered. */
  store: UserStatusStore;
  other: UserStatusStore;
  /** Leaves one row: `stored1`. */
  reset(): Promise<void>;
  /** The rows that there are: `a1` for one of the key `a` with one device. */
  readRows(): Promise<string>;
  expectTrueCounts(): Promise<void>;
  close(): Promise<void>;
}

export async function openHinderedStore(): Promise<HinderedStore> {
  const database = await createTestDatabase();
  const { url } = database;
  const proxy = await StatementProxy.to(url);
  const store = await UserStatusStore.open(proxy.through(url));
  const other = await UserStatusStore.open(url);
  return {
    url,
    proxy,
    store,
    other,
    async reset() {
      await query(url, 'TRUNCATE user_status, user_status_count');
      await store.insert(toRow('stored', { devicesCount: 1 }));
    },
    async readRows() {
      const rows = await query(url, 'SELECT id, devices_count FROM user_status ORDER BY id');
      return rows.map((row) => `${String(row.id)}${String(row.devices_count)}`).join(' ');
    },
    async expectTrueCounts() {
      const kept = await query(
        url,
        `SELECT status, sum("count")::int AS "count" FROM user_status_count
         GROUP BY 1 HAVING sum("count") <> 0 ORDER BY 1`,
      );
      const counted = await query(
        url,
        'SELECT status, count(*)::int AS "count" FROM user_status GROUP BY 1 ORDER BY 1',
      );
      expect(kept).toEqual(counted);
    },
    async close() {
      await store.close();
      await other.close();
      proxy.close();
      await database.drop();
    },
  };
}

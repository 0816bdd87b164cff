import { LRUCache } from 'lru-cache';

import type { RowReader } from '../database/sqlite/row-reader.js';
import type { Collection } from './navigations.js';

/** So many collections are known without the database being asked; the least recently used goes first. */
const MAX_KNOWN_KEYS = 10_000;

/** The key of a collection that has none yet: those that are given begin with 1. No row has it, so that it can be asked for like any other. */
export const NO_KEY = 0;

const IS_COLLECTION = '"device_configuration_id" = ? AND "navigation" = ?';
const FIND = `SELECT "id" FROM "user_status_collection" WHERE ${IS_COLLECTION}`;

/** Makes the key of a collection, where another request or process has not made it already. */
export const REGISTER =
  'INSERT INTO "user_status_collection" ("device_configuration_id", "navigation") VALUES (?, ?) ON CONFLICT DO NOTHING';

/** The numbers that stand for collections in the table. One is given before the first row is written, and stays for ever. */
export class CollectionKeys {
  private readonly known = new LRUCache<string, number>({ max: MAX_KNOWN_KEYS });

  constructor(private readonly reader: RowReader) {}

  find(collection: Collection): number {
    const name = `${String(collection.navigation.code)}/${collection.deviceConfigurationId}`;
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const row = this.reader.first<{ id: number }>(FIND, toParameters(collection));
    if (row === undefined) return NO_KEY;
    this.known.set(name, row.id);
    return row.id;
  }
}

/** What `REGISTER` is given. */
export function toParameters({ deviceConfigurationId, navigation }: Collection): unknown[] {
  return [deviceConfigurationId, navigation.code];
}

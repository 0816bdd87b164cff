import type { StoredRow, TableDefinition } from './database/table.js';
import { USER_STATUSES_TABLE } from './user-statuses/model/user-statuses.table.js';

/** Where the entity sets of `model.ts` lie: all that a data set has. */
export const TABLES: readonly TableDefinition<StoredRow>[] = [USER_STATUSES_TABLE];

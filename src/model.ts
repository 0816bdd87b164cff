import type { EntitySet } from './entity-sets/entity-set.js';
import { USER_STATUSES } from './user-statuses/model/user-statuses.set.js';

/** What the service has: URLs and metadata are made of it. */
export const ENTITY_SETS: readonly EntitySet[] = [USER_STATUSES];

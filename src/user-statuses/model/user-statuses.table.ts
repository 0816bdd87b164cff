import { UserStatusCollection } from './user-status-collection.entity.js';
import { UserStatus } from './user-status.entity.js';
import { USER_STATUSES } from './user-statuses.set.js';

export const USER_STATUSES_TABLE = {
  entity: UserStatus,
  collections: UserStatusCollection,
  counts: { table: 'user_status_count', by: USER_STATUSES.overview.countedBy },
};

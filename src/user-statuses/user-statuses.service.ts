import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';

import { GraphError } from '../errors/graph-error.js';
import { toInstant } from '../odata/date-time-offset.js';
import { COMPLIANCE_STATUSES } from './compliance-status.js';
import type { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import type { Collection } from './navigations.js';
import type { UserStatus } from './user-status.entity.js';
import { UserStatusesStore } from './user-statuses.store.js';
import { noSuchUserStatus } from './user-statuses.url.js';

@Injectable()
export class UserStatusesService {
  constructor(private readonly store: UserStatusesStore) {}

  /** Resolves when the status is committed and synced. Throws `Conflict` where its id is taken in the collection. */
  async create(collection: Collection, dto: CreateUserStatusDto): Promise<UserStatus> {
    const status: UserStatus = {
      deviceConfigurationId: collection.deviceConfigurationId,
      navigation: collection.navigation.code,
      // Version 7 begins with the time: new rows land at the end of their collection.
      id: dto.id ?? uuidv7(),
      devicesCount: dto.devicesCount,
      lastReportedDateTime: dto.lastReportedDateTime,
      lastReportedInstant: toInstant(dto.lastReportedDateTime)!,
      status: COMPLIANCE_STATUSES.indexOf(dto.status),
      userDisplayName: dto.userDisplayName,
      userPrincipalName: dto.userPrincipalName,
      revision: firstRevision(),
    };
    if ((await this.store.insert(status)) === 'inserted') return status;
    throw new GraphError(
      'Conflict',
      `There is a user status with the id '${status.id}' in this collection already.`,
      { target: 'id' },
    );
  }

  async get(collection: Collection, id: string): Promise<UserStatus> {
    const status = await this.store.find(collection, id);
    if (status === null) throw noSuchUserStatus(id);
    return status;
  }
}

/** Microseconds since 1970: an entity that is deleted and made again does not meet its old entity tag. */
function firstRevision(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}

import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';

import { isBusy, toDatabaseError } from '../database/driver-errors.js';
import { GroupCommit } from '../database/group-commit.js';
import { RowInserter, type InsertOutcome } from '../database/row-inserter.js';
import type { Collection } from './navigations.js';
import { UserStatus } from './user-status.entity.js';

/** The table: rows in, committed and synced; rows out. */
@Injectable()
export class UserStatusesStore {
  private readonly inserts: GroupCommit<UserStatus, InsertOutcome>;

  constructor(@InjectRepository(UserStatus) private readonly rows: Repository<UserStatus>) {
    const inserter = new RowInserter(rows.manager.dataSource, UserStatus);
    this.inserts = new GroupCommit({ commit: (group) => inserter.insertAll(group), isBusy });
  }

  /** Resolves when the row is on the disk, or its key was found taken. */
  async insert(row: UserStatus): Promise<InsertOutcome> {
    try {
      return await this.inserts.submit(row);
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  async find(
    { deviceConfigurationId, navigation }: Collection,
    id: string,
  ): Promise<UserStatus | null> {
    try {
      return await this.rows.findOneBy({ deviceConfigurationId, navigation: navigation.code, id });
    } catch (error) {
      throw toDatabaseError(error);
    }
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Database } from '../database/database.js';
import { Entities } from '../entity-sets/storage/entities.js';
import type { UserStatus } from './model/user-status.entity.js';
import { USER_STATUSES } from './model/user-statuses.set.js';
import { USER_STATUSES_TABLE } from './model/user-statuses.table.js';

@Injectable()
export class UserStatusesService implements OnModuleInit {
  readonly entities: Entities<UserStatus>;
  /** Seals page tokens. */
  pageTokenKey: Buffer = Buffer.alloc(0);

  constructor(private readonly database: Database) {
    this.entities = new Entities(database, USER_STATUSES, USER_STATUSES_TABLE);
  }

  async onModuleInit(): Promise<void> {
    this.pageTokenKey = await this.database.secret('page_token_key');
  }
}

import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { UserStatusOverviewController } from './user-status-overview.controller.js';
import { UserStatusCollection } from './model/user-status-collection.entity.js';
import { UserStatus } from './model/user-status.entity.js';
import { UserStatusesController } from './user-statuses.controller.js';
import { UserStatusesService } from './user-statuses.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([UserStatus, UserStatusCollection])],
  controllers: [UserStatusesController, UserStatusOverviewController],
  providers: [UserStatusesService],
})
export class UserStatusesModule {}

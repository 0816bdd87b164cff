import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { UserStatus } from './user-status.entity.js';
import { UserStatusesController } from './user-statuses.controller.js';
import { UserStatusesService } from './user-statuses.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([UserStatus])],
  controllers: [UserStatusesController],
  providers: [UserStatusesService],
})
export class UserStatusesModule {}

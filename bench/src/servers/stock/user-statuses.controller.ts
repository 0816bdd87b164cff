import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';

import { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { ListUserStatusesDto } from './dto/list-user-statuses.dto.js';
import { type UserStatus } from './user-status.entity.js';
import { UserStatusesService } from './user-statuses.service.js';

@Controller(
  'deviceManagement/deviceConfigurations/:deviceConfigurationId/rootCertificate/userStatuses',
)
export class UserStatusesController {
  constructor(private readonly statuses: UserStatusesService) {}

  @Post()
  create(
    @Param('deviceConfigurationId') deviceConfigurationId: string,
    @Body() dto: CreateUserStatusDto,
  ): Promise<UserStatus> {
    return this.statuses.create(deviceConfigurationId, dto);
  }

  @Get(':id')
  get(
    @Param('deviceConfigurationId') deviceConfigurationId: string,
    @Param('id') id: string,
  ): Promise<UserStatus> {
    return this.statuses.get(deviceConfigurationId, id);
  }

  @Get()
  async list(
    @Param('deviceConfigurationId') deviceConfigurationId: string,
    @Query() { $top }: ListUserStatusesDto,
  ): Promise<{ value: UserStatus[] }> {
    return { value: await this.statuses.list(deviceConfigurationId, $top) };
  }
}

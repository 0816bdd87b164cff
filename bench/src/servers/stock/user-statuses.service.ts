import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { type CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { UserStatus } from './user-status.entity.js';

@Injectable()
export class UserStatusesService {
  constructor(
    @InjectRepository(UserStatus)
    private readonly statuses: Repository<UserStatus>,
  ) {}

  create(deviceConfigurationId: string, dto: CreateUserStatusDto): Promise<UserStatus> {
    return this.statuses.save(this.statuses.create({ ...dto, deviceConfigurationId }));
  }

  async get(deviceConfigurationId: string, id: string): Promise<UserStatus> {
    const status = await this.statuses.findOneBy({ deviceConfigurationId, id });
    if (status === null) throw new NotFoundException();
    return status;
  }

  list(deviceConfigurationId: string, top: number): Promise<UserStatus[]> {
    return this.statuses.find({
      where: { deviceConfigurationId },
      order: { id: 'ASC' },
      take: top,
    });
  }
}

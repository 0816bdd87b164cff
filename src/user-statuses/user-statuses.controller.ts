import { Body, Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { READ_PERMISSIONS, RequireAccess, WRITE_PERMISSIONS } from '../auth/permissions.js';
import { requireMatch } from '../odata/entity-tag.js';
import { sendResponse } from '../odata/odata-response.js';
import { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { EntityBodyPipe } from './dto/entity-body.pipe.js';
import { ParsedRequest, type UserStatusesRequest } from './user-statuses.request.js';
import { toCreated, toFound } from './user-statuses.response.js';
import { UserStatusesService } from './user-statuses.service.js';
import { COLLECTION_ROUTES } from './user-statuses.url.js';

@Controller(COLLECTION_ROUTES)
export class UserStatusesController {
  constructor(private readonly statuses: UserStatusesService) {}

  @Post()
  @RequireAccess(WRITE_PERMISSIONS)
  async create(
    @ParsedRequest() request: UserStatusesRequest,
    @Body(EntityBodyPipe) dto: CreateUserStatusDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireMatch(request.ifMatch, undefined);
    const status = await this.statuses.create(request.collection, dto);
    sendResponse(reply, toCreated(status, request));
  }

  @Get(':id')
  @RequireAccess(READ_PERMISSIONS)
  async get(
    @ParsedRequest() request: UserStatusesRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const status = await this.statuses.get(request.collection, request.id);
    sendResponse(reply, toFound(status, request));
  }
}

import { Controller, Delete, Get, Patch, Post, Put } from '@nestjs/common';

import { READ_PERMISSIONS, WRITE_PERMISSIONS } from '../auth/permissions.js';
import { ResourceOperation } from '../operations/operation.js';
import { requireMatch } from '../odata/protocol/entity-tag.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { FairQueue } from '../scheduling/fair-queue.js';
import { takeTurn } from '../scheduling/turns.js';
import { parseEntityBody } from '../entity-sets/bodies/entity-body.js';
import {
  ACCEPTED_OPTIONS,
  parseDeleteRequest,
  parseEntityRequest,
  parseValueRequest,
  type EntitySetCall,
} from '../entity-sets/wire/entity-request.js';
import {
  toCreated,
  toDeleted,
  toFound,
  toProperty,
  toRawValue,
  toUpdated,
} from '../entity-sets/wire/entity-response.js';
import { kindsOf } from '../entity-sets/entity-set.js';
import { collectionRoutesOf } from '../entity-sets/entity-set.url.js';
import { parseCountRequest, parseListRequest } from '../entity-sets/wire/list-request.js';
import { answerCount, answerPage, isLarge } from '../entity-sets/wire/list-response.js';
import { parseTargetBody, requireTarget } from '../entity-sets/wire/update-request.js';
import { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { ReplaceUserStatusDto } from './dto/replace-user-status.dto.js';
import { UpdateUserStatusDto } from './dto/update-user-status.dto.js';
import { describes } from './openapi/user-statuses.openapi.js';
import { UserStatusesService } from './user-statuses.service.js';
import { USER_STATUSES } from './model/user-statuses.set.js';

const KINDS = kindsOf(USER_STATUSES);

/** Large pages are a mebibyte or more each while they are made. */
const LARGE_PAGES = { running: 8, runningPerCaller: 4, waiting: 1024, waitingPerCaller: 256 };

@Controller(collectionRoutesOf(USER_STATUSES))
@describes.controller()
export class UserStatusesController {
  private readonly largePages = new FairQueue(LARGE_PAGES);

  private readonly entities;

  constructor(private readonly statuses: UserStatusesService) {
    this.entities = statuses.entities;
  }

  @Post()
  @ResourceOperation(KINDS.collection, WRITE_PERMISSIONS)
  @describes.create()
  async create(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call);
    const dto = parseEntityBody(call, CreateUserStatusDto);
    requireMatch(request.ifMatch, undefined);
    const status = await this.entities.create(request.collection, dto);
    return toCreated(status, request);
  }

  @Get()
  @ResourceOperation(KINDS.collection, READ_PERMISSIONS)
  @describes.list()
  async list(call: EntitySetCall): Promise<ODataResponse> {
    await takeTurn(call.context);
    const request = parseListRequest(call, this.statuses.pageTokenKey);
    requireMatch(request.ifMatch, undefined);
    const answer = (): Promise<ODataResponse> => answerPage(this.entities, request, call.context);
    return isLarge(request.query.limit) ? this.largePages.run(call.context, answer) : answer();
  }

  @Get('$count')
  @ResourceOperation(KINDS.count, READ_PERMISSIONS)
  @describes.count()
  async count(call: EntitySetCall): Promise<ODataResponse> {
    await takeTurn(call.context);
    const criteria = parseCountRequest(call);
    return answerCount(this.entities, call.resource.collection, criteria, call.context);
  }

  @Get(':id')
  @ResourceOperation(KINDS.entity, READ_PERMISSIONS)
  @describes.get()
  async get(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call);
    return toFound(await this.entities.get(request.collection, request.id), request);
  }

  @Patch(':id')
  @ResourceOperation(KINDS.entity, WRITE_PERMISSIONS)
  @describes.update()
  async update(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call);
    const { collection, id, preferences } = request;
    const dto = parseTargetBody(call, UpdateUserStatusDto);
    const { row, isNew } = await this.entities.update(
      collection,
      id,
      dto,
      requireTarget(request),
      preferences.isCreateIfMissing ? () => parseEntityBody(call, CreateUserStatusDto) : undefined,
    );
    return isNew ? toCreated(row, request) : toUpdated(row, request);
  }

  @Put(':id')
  @ResourceOperation(KINDS.entity, WRITE_PERMISSIONS)
  @describes.replace()
  async replace(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call);
    const { collection, id, preferences } = request;
    const { row, isNew } = await this.entities.replace(
      collection,
      id,
      parseTargetBody(call, ReplaceUserStatusDto),
      requireTarget(request),
      preferences.isCreateIfMissing,
    );
    return isNew ? toCreated(row, request) : toUpdated(row, request);
  }

  @Delete(':id')
  @ResourceOperation(KINDS.entity, WRITE_PERMISSIONS)
  @describes.delete()
  async delete(call: EntitySetCall): Promise<ODataResponse> {
    const { collection, id } = call.resource;
    await this.entities.delete(collection, id, requireTarget(parseDeleteRequest(call)));
    return toDeleted();
  }

  @Get(':id/:property')
  @ResourceOperation(KINDS.property, READ_PERMISSIONS)
  @describes.property()
  async property(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call, ACCEPTED_OPTIONS.whole);
    const status = await this.entities.get(request.collection, request.id);
    return toProperty(status, call.resource.property, request);
  }

  @Get(':id/:property/$value')
  @ResourceOperation(KINDS.value, READ_PERMISSIONS)
  @describes.value()
  async value(call: EntitySetCall): Promise<ODataResponse> {
    const conditions = parseValueRequest(call);
    const { collection, id } = call.resource;
    return toRawValue(await this.entities.get(collection, id), call.resource, conditions);
  }
}

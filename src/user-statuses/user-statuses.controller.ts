import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';

import { READ_PERMISSIONS, WRITE_PERMISSIONS } from '../auth/permissions.js';
import { Serves } from '../http/operation.js';
import { requireMatch } from '../odata/entity-tag.js';
import type { ODataResponse } from '../odata/odata-response.js';
import { FairQueue } from '../scheduling/fair-queue.js';
import { takeTurn } from '../scheduling/turns.js';
import { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { parseEntityBody } from './dto/entity-body.js';
import {
  DescribesCount,
  DescribesCreate,
  DescribesDelete,
  DescribesGet,
  DescribesList,
  DescribesProperty,
  DescribesUpdate,
  DescribesUserStatuses,
  DescribesValue,
} from './user-statuses.openapi.js';
import { parseCountRequest, parseListRequest } from './user-statuses.list-request.js';
import {
  ACCEPTED_OPTIONS,
  parseDeleteRequest,
  parseEntityRequest,
  parseValueRequest,
  type UserStatusesCall,
} from './user-statuses.request.js';
import {
  toCount,
  toCreated,
  isLarge,
  toDeleted,
  toFound,
  toPage,
  toProperty,
  toRawValue,
  toUpdated,
} from './user-statuses.response.js';
import { UserStatusesService } from './user-statuses.service.js';
import { requireTarget, toCreateBody, toUpdateBody } from './user-statuses.update.js';
import { COLLECTION_ROUTES, KINDS } from './user-statuses.url.js';

/** Large pages are a mebibyte or more each while they are made. */
const LARGE_PAGES = { running: 8, runningPerCaller: 4, waiting: 1024, waitingPerCaller: 256 };

@Controller(COLLECTION_ROUTES)
@DescribesUserStatuses()
export class UserStatusesController {
  private readonly largePages = new FairQueue(LARGE_PAGES);

  constructor(private readonly statuses: UserStatusesService) {}

  @Post()
  @Serves(KINDS.collection, WRITE_PERMISSIONS)
  @DescribesCreate()
  async create(call: UserStatusesCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call);
    const dto = parseEntityBody(call.body, CreateUserStatusDto);
    requireMatch(request.ifMatch, undefined);
    const status = await this.statuses.create(request.collection, dto);
    return toCreated(status, request);
  }

  @Get()
  @Serves(KINDS.collection, READ_PERMISSIONS)
  @DescribesList()
  async list(call: UserStatusesCall): Promise<ODataResponse> {
    await takeTurn(call.context);
    const request = parseListRequest(call, this.statuses.pageTokenKey);
    requireMatch(request.ifMatch, undefined);
    const { collection, query, isCounted, knownCount } = request;
    const needsCount = isCounted && knownCount === undefined;
    const answer = async (): Promise<ODataResponse> =>
      toPage(
        await this.statuses.list(collection, query, needsCount, call.context),
        request,
        call.context,
      );
    return isLarge(query.limit) ? this.largePages.run(call.context, answer) : answer();
  }

  @Get('$count')
  @Serves(KINDS.count, READ_PERMISSIONS)
  @DescribesCount()
  async count(call: UserStatusesCall): Promise<ODataResponse> {
    await takeTurn(call.context);
    const criteria = parseCountRequest(call);
    return toCount(await this.statuses.count(call.resource.collection, criteria, call.context));
  }

  @Get(':id')
  @Serves(KINDS.entity, READ_PERMISSIONS)
  @DescribesGet()
  async get(call: UserStatusesCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call);
    return toFound(await this.statuses.get(request.collection, request.id), request);
  }

  @Patch(':id')
  @Serves(KINDS.entity, WRITE_PERMISSIONS)
  @DescribesUpdate()
  async update(call: UserStatusesCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call);
    const { collection, id, preferences } = request;
    const dto = toUpdateBody(call);
    const { row, isNew } = await this.statuses.update(
      collection,
      id,
      dto,
      requireTarget(request),
      preferences.isCreateIfMissing ? () => toCreateBody(call) : undefined,
    );
    return isNew ? toCreated(row, request) : toUpdated(row, request);
  }

  @Delete(':id')
  @Serves(KINDS.entity, WRITE_PERMISSIONS)
  @DescribesDelete()
  async delete(call: UserStatusesCall): Promise<ODataResponse> {
    const { collection, id } = call.resource;
    await this.statuses.delete(collection, id, requireTarget(parseDeleteRequest(call)));
    return toDeleted();
  }

  @Get(':id/:property')
  @Serves(KINDS.property, READ_PERMISSIONS)
  @DescribesProperty()
  async property(call: UserStatusesCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call, ACCEPTED_OPTIONS.whole);
    const status = await this.statuses.get(request.collection, request.id);
    return toProperty(status, call.resource.property, request);
  }

  @Get(':id/:property/$value')
  @Serves(KINDS.value, READ_PERMISSIONS)
  @DescribesValue()
  async value(call: UserStatusesCall): Promise<ODataResponse> {
    const conditions = parseValueRequest(call);
    const { collection, id, property } = call.resource;
    return toRawValue(await this.statuses.get(collection, id), property, conditions);
  }
}

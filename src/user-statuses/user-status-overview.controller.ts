import { Controller, Get } from '@nestjs/common';

import { READ_PERMISSIONS } from '../auth/permissions.js';
import { ResourceOperation } from '../operations/operation.js';
import { requireMatch } from '../odata/protocol/entity-tag.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import {
  ACCEPTED_OPTIONS,
  parseOverviewRequest,
  parseValueRequest,
  type Conditions,
  type EntitySetCall,
} from '../entity-sets/wire/entity-request.js';
import { kindsOf } from '../entity-sets/entity-set.js';
import { overviewRoutesOf } from '../entity-sets/entity-set.url.js';
import {
  sumUp,
  toOverview,
  toOverviewProperty,
  toOverviewValue,
  type OverviewValues,
} from '../entity-sets/wire/overview-response.js';
import { describes } from './openapi/user-statuses.openapi.js';
import { UserStatusesService } from './user-statuses.service.js';
import { USER_STATUSES } from './model/user-statuses.set.js';

const KINDS = kindsOf(USER_STATUSES);

@Controller(overviewRoutesOf(USER_STATUSES))
@describes.controller()
export class UserStatusOverviewController {
  constructor(private readonly statuses: UserStatusesService) {}

  @Get()
  @ResourceOperation(KINDS.overview, READ_PERMISSIONS)
  @describes.overview()
  async get(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseOverviewRequest(call, ACCEPTED_OPTIONS.entity);
    return toOverview(await this.count(call, request), request);
  }

  @Get(':property')
  @ResourceOperation(KINDS.overviewProperty, READ_PERMISSIONS)
  @describes.overviewProperty()
  async property(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseOverviewRequest(call, ACCEPTED_OPTIONS.whole);
    return toOverviewProperty(await this.count(call, request), call.resource.property, request);
  }

  @Get(':property/$value')
  @ResourceOperation(KINDS.overviewValue, READ_PERMISSIONS)
  @describes.overviewValue()
  async value(call: EntitySetCall): Promise<ODataResponse> {
    const conditions = parseValueRequest(call);
    return toOverviewValue(await this.count(call, conditions), call.resource.property);
  }

  /** What is counted has no entity tag. */
  private async count(call: EntitySetCall, { ifMatch }: Conditions): Promise<OverviewValues> {
    requireMatch(ifMatch, undefined);
    const { collection } = call.resource;
    return sumUp(await this.statuses.entities.countByMember(collection, call.context), collection);
  }
}

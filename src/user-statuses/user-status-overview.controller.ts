import { Controller, Get } from '@nestjs/common';

import { READ_PERMISSIONS } from '../auth/permissions.js';
import { Serves } from '../http/operation.js';
import { requireMatch } from '../odata/protocol/entity-tag.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import {
  ACCEPTED_OPTIONS,
  parseEntityRequest,
  type EntitySetCall,
} from '../entity-sets/wire/entity-request.js';
import { kindsOf } from '../entity-sets/entity-set.js';
import { overviewRoutesOf } from '../entity-sets/entity-set.url.js';
import { toOverview } from '../entity-sets/wire/overview-response.js';
import { describes } from './openapi/user-statuses.openapi.js';
import { UserStatusesService } from './user-statuses.service.js';
import { USER_STATUSES } from './model/user-statuses.set.js';

@Controller(overviewRoutesOf(USER_STATUSES))
@describes.controller()
export class UserStatusOverviewController {
  constructor(private readonly statuses: UserStatusesService) {}

  @Get()
  @Serves(kindsOf(USER_STATUSES).overview, READ_PERMISSIONS)
  @describes.overview()
  async get(call: EntitySetCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call, ACCEPTED_OPTIONS.whole);
    requireMatch(request.ifMatch, undefined);
    const { entities } = this.statuses;
    return toOverview(await entities.countByMember(request.collection, call.context), request);
  }
}

import { Controller, Get } from '@nestjs/common';

import { READ_PERMISSIONS } from '../auth/permissions.js';
import { Serves } from '../http/operation.js';
import { requireMatch } from '../odata/entity-tag.js';
import type { ODataResponse } from '../odata/odata-response.js';
import { DescribesOverview, DescribesUserStatuses } from './user-statuses.openapi.js';
import {
  ACCEPTED_OPTIONS,
  parseEntityRequest,
  type UserStatusesCall,
} from './user-statuses.request.js';
import { toOverviewFound } from './user-statuses.response.js';
import { UserStatusesService } from './user-statuses.service.js';
import { KINDS, OVERVIEW_ROUTES } from './user-statuses.url.js';

@Controller(OVERVIEW_ROUTES)
@DescribesUserStatuses()
export class UserStatusOverviewController {
  constructor(private readonly statuses: UserStatusesService) {}

  @Get()
  @Serves(KINDS.overview, READ_PERMISSIONS)
  @DescribesOverview()
  async get(call: UserStatusesCall): Promise<ODataResponse> {
    const request = parseEntityRequest(call, ACCEPTED_OPTIONS.whole);
    requireMatch(request.ifMatch, undefined);
    return toOverviewFound(
      await this.statuses.countByStatus(request.collection, call.context),
      request,
    );
  }
}

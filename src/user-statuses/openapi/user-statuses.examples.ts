import type { CreateUserStatusDto } from '../dto/create-user-status.dto.js';
import { USER_STATUS } from '../model/user-statuses.set.js';

/** The example that Graph's documentation publishes for create and update. */
export const PUBLISHED_EXAMPLE = {
  '@odata.type': USER_STATUS.odataType,
  userDisplayName: 'User Display Name value',
  devicesCount: 12,
  status: 'notApplicable',
  lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
  userPrincipalName: 'User Principal Name value',
} satisfies Partial<CreateUserStatusDto>;

const COLLECTION =
  'https://graph.example.com/v1.0/$metadata#' +
  "deviceManagement/deviceConfigurations('wifi')/userStatuses";

const MEMBER = { ...PUBLISHED_EXAMPLE, '@odata.etag': 'W/"hog18ioacc"', id: 'alex' };

export const ENTITY_EXAMPLE = { '@odata.context': `${COLLECTION}/$entity`, ...MEMBER };

export const PAGE_EXAMPLE = { '@odata.context': COLLECTION, value: [MEMBER] };

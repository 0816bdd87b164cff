import type { EntityExamples } from '../../entity-sets/openapi/entity-set.openapi.js';
import type { CreateUserStatusDto } from '../dto/create-user-status.dto.js';
import { USER_STATUS, USER_STATUSES } from '../model/user-statuses.set.js';

const { overview } = USER_STATUSES;

/** The example that Graph's documentation publishes for create and update. */
const PUBLISHED_EXAMPLE = {
  '@odata.type': USER_STATUS.odataType,
  userDisplayName: 'User Display Name value',
  devicesCount: 12,
  status: 'notApplicable',
  lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
  userPrincipalName: 'User Principal Name value',
} satisfies Partial<CreateUserStatusDto>;

const KEYS = { deviceConfiguration: 'wifi', entity: 'alex' };

const CONFIGURATION =
  'https://graph.example.com/v1.0/$metadata#' +
  `deviceManagement/deviceConfigurations('${KEYS.deviceConfiguration}')`;
const COLLECTION = `${CONFIGURATION}/userStatuses`;

const { '@odata.type': type, ...properties } = PUBLISHED_EXAMPLE;
const MEMBER = {
  '@odata.type': type,
  '@odata.etag': 'W/"hog18ioacc"',
  id: KEYS.entity,
  ...properties,
};

export const EXAMPLES: EntityExamples = {
  keys: KEYS,
  properties: { entity: 'status', overview: 'notApplicableCount' },
  options: {
    entity: {
      filter: "status eq 'notApplicable'",
      search: 'value',
      orderby: 'lastReportedDateTime desc,id',
      select: 'id,status',
    },
    overview: { select: 'successCount,errorCount' },
  },
  bodies: {
    create: {
      // The first, because the examples of the other operations are about what it makes.
      withId: {
        summary: 'With an id of your own',
        value: { id: KEYS.entity, ...PUBLISHED_EXAMPLE },
      },
      published: { summary: "Graph's own example", value: PUBLISHED_EXAMPLE },
    },
    update: {
      some: { summary: 'Some members', value: { status: 'compliant', devicesCount: 3 } },
      published: { summary: "Graph's own example", value: PUBLISHED_EXAMPLE },
    },
  },
  answers: {
    entity: { '@odata.context': `${COLLECTION}/$entity`, ...MEMBER },
    page: { '@odata.context': COLLECTION, value: [MEMBER] },
    property: { '@odata.context': `${COLLECTION}('${KEYS.entity}')/status`, value: MEMBER.status },
    overview: {
      '@odata.context': `${CONFIGURATION}/${overview.name}/$entity`,
      '@odata.type': overview.odataType,
      id: KEYS.deviceConfiguration,
      pendingCount: 0,
      notApplicableCount: 1,
      successCount: 0,
      errorCount: 0,
      failedCount: 0,
      conflictCount: 0,
      lastUpdateDateTime: MEMBER.lastReportedDateTime,
      configurationVersion: 0,
    },
    overviewProperty: {
      '@odata.context': `${CONFIGURATION}/${overview.name}/notApplicableCount`,
      value: 1,
    },
  },
};

/**
 * What expressions, `$select` and property paths may name, and `$metadata` tells: the allow-list,
 * in the order of the type.
 */
import type { EntitySet, StoredType } from '../../entity-sets/entity-set.js';
import type { Enumeration } from '../../odata/edm.js';
import { MAX_KEY_LENGTH } from '../../odata/protocol/entity-key.js';
import { COMPLIANCE_STATUSES, type ComplianceStatus } from './compliance-status.js';

/** The most characters (Unicode code points) a text may have. */
const MAX_TEXT_LENGTH = 1024;

export const COMPLIANCE_STATUS = {
  name: 'microsoft.graph.complianceStatus',
  aliasedName: 'graph.complianceStatus',
  description: 'Compliance status of a policy.',
  members: COMPLIANCE_STATUSES,
} as const satisfies Enumeration;

export const USER_STATUS = {
  odataType: '#microsoft.graph.deviceConfigurationUserStatus',
  description: 'How a device configuration landed with one user.',
  key: 'id',
  enumerations: [COMPLIANCE_STATUS],
  properties: [
    {
      name: 'id',
      type: 'string',
      maxLength: MAX_KEY_LENGTH,
      edmType: 'Edm.String',
      comparable: 'id',
      isNullable: false,
      isSearchable: false,
      description: 'Key of the entity.',
    },
    {
      name: 'devicesCount',
      type: 'integer',
      edmType: 'Edm.Int32',
      comparable: 'devicesCount',
      isNullable: false,
      isSearchable: false,
      description: 'Devices count for that user.',
    },
    {
      name: 'lastReportedDateTime',
      type: 'dateTimeOffset',
      edmType: 'Edm.DateTimeOffset',
      jsonType: '#DateTimeOffset',
      comparable: 'lastReportedInstant',
      isNullable: false,
      isSearchable: false,
      description: 'Last modified date time of the policy report.',
    },
    {
      name: 'status',
      type: COMPLIANCE_STATUS,
      edmType: 'microsoft.graph.complianceStatus',
      jsonType: '#microsoft.graph.complianceStatus',
      comparable: 'status',
      isNullable: false,
      isSearchable: false,
      description: 'Compliance status of the policy report.',
    },
    {
      name: 'userDisplayName',
      type: 'string',
      maxLength: MAX_TEXT_LENGTH,
      edmType: 'Edm.String',
      comparable: 'userDisplayName',
      isNullable: true,
      isSearchable: true,
      description: 'User name of the DevicePolicyStatus.',
    },
    {
      name: 'userPrincipalName',
      type: 'string',
      maxLength: MAX_TEXT_LENGTH,
      edmType: 'Edm.String',
      comparable: 'userPrincipalName',
      isNullable: true,
      isSearchable: true,
      description: 'UserPrincipalName.',
    },
  ],
} as const satisfies StoredType;

/** Which statuses each count of the overview takes together (contract, section 2). */
const OVERVIEW_COUNTS = {
  pendingCount: ['unknown', 'notAssigned'],
  notApplicableCount: ['notApplicable'],
  successCount: ['compliant', 'remediated'],
  errorCount: ['error'],
  failedCount: ['nonCompliant'],
  conflictCount: ['conflict'],
} as const satisfies Readonly<Record<string, readonly ComplianceStatus[]>>;

export const USER_STATUSES: EntitySet = {
  name: 'userStatuses',
  entityName: 'userStatus',
  singular: 'user status',
  plural: 'user statuses',
  description: 'The status of each user.',
  type: USER_STATUS,
  overview: {
    name: 'userStatusOverview',
    odataType: '#microsoft.graph.deviceConfigurationUserOverview',
    description:
      'How many of the user statuses beside it there are of each kind. Its id is that of the ' +
      'device configuration.',
    countedBy: 'status',
    counts: OVERVIEW_COUNTS,
    latestBy: 'lastReportedDateTime',
  },
};

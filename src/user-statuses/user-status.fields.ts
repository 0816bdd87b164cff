/** What expressions, `$select` and property paths may name, and `$metadata` tells: the allow-list, in the order of the type. */
import type { EntityType, Enumeration, Property } from '../odata/edm.js';
import { MAX_KEY_LENGTH } from '../odata/entity-key.js';
import { COMPLIANCE_STATUSES } from './compliance-status.js';
import type { UserStatus } from './user-status.entity.js';

/** The most characters (Unicode code points) a text may have. */
export const MAX_TEXT_LENGTH = 1024;

export const COMPLIANCE_STATUS: Enumeration = {
  name: 'microsoft.graph.complianceStatus',
  aliasedName: 'graph.complianceStatus',
  members: COMPLIANCE_STATUSES,
};

/** A property, and where its values are in a row. */
export interface UserStatusField extends Property {
  /** The property of the row that is compared and sorted, where it is not the value itself. */
  comparable: keyof UserStatus;
  /** The type, as the CSDL names it. */
  edmType: string;
  description: string;
}

export const USER_STATUS: EntityType<UserStatusField> = {
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
      comparable: 'lastReportedInstant',
      isNullable: false,
      isSearchable: false,
      description: 'Last modified date time of the policy report.',
    },
    {
      name: 'status',
      type: COMPLIANCE_STATUS,
      edmType: 'microsoft.graph.complianceStatus',
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
};

import { toEntityTag } from '../odata/entity-tag.js';
import type { MetadataLevel } from '../odata/media-type.js';
import { COMPLIANCE_STATUSES } from './compliance-status.js';
import type { Collection } from './navigations.js';
import type { UserStatus } from './user-status.entity.js';
import { toCollectionPath, toEntityPath } from './user-statuses.url.js';

export const ODATA_TYPE = '#microsoft.graph.deviceConfigurationUserStatus';

/** The types that JSON's own do not tell. In a stream, each stands right before its property (OData JSON Format 4.01, 4.4). */
const PROPERTY_TYPES: Readonly<Record<string, string>> = {
  lastReportedDateTime: '#DateTimeOffset',
  status: '#microsoft.graph.complianceStatus',
};

/** The shape that clients see. The table may change; this may only grow. */
export type UserStatusResource = Record<string, string | number | null>;

/** How a resource is to be rendered: where from, for which collection, and with how much about itself. */
export interface Rendering {
  /** The root of the version that was called, such as `https://host/v1.0`. */
  serviceRoot: string;
  collection: Collection;
  metadata: MetadataLevel;
}

/** One entity as a response body (OData JSON Format 4.01, sections 3 and 4.5), its control information first. */
export function toResource(status: UserStatus, rendering: Rendering): UserStatusResource {
  const { serviceRoot, collection, metadata } = rendering;
  const properties = {
    id: status.id,
    devicesCount: status.devicesCount,
    lastReportedDateTime: status.lastReportedDateTime,
    status: COMPLIANCE_STATUSES[status.status]!,
    userDisplayName: status.userDisplayName,
    userPrincipalName: status.userPrincipalName,
  };
  if (metadata === 'none') return properties;

  const annotations = {
    '@odata.context': `${serviceRoot}/$metadata#${toCollectionPath(collection)}/$entity`,
    '@odata.type': ODATA_TYPE,
    '@odata.etag': toEntityTag(status.revision),
  };
  if (metadata === 'minimal') return { ...annotations, ...properties };

  const path = toEntityPath(collection, status.id);
  return {
    ...annotations,
    '@odata.id': path,
    '@odata.editLink': path,
    ...Object.fromEntries(
      Object.entries(properties).flatMap(([name, value]) => {
        const type = PROPERTY_TYPES[name];
        return type === undefined
          ? [[name, value]]
          : [
              [`${name}@odata.type`, type],
              [name, value],
            ];
      }),
    ),
  };
}

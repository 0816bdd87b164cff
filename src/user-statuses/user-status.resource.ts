import { toEntityTag } from '../odata/entity-tag.js';
import type { JsonFormat } from '../odata/media-type.js';
import type { Selection } from '../odata/select.js';
import { COMPLIANCE_STATUSES } from './compliance-status.js';
import type { Collection } from './navigations.js';
import type { UserStatus } from './user-status.entity.js';
import { USER_STATUS } from './user-status.fields.js';
import { toCollectionPath, toEntityPath } from './user-statuses.url.js';

export const ODATA_TYPE = '#microsoft.graph.deviceConfigurationUserStatus';

/** The types that JSON's own do not tell. In a stream, each stands right before its property (OData JSON Format 4.01, 4.4). */
export const PROPERTY_TYPES: Readonly<Record<string, string>> = {
  lastReportedDateTime: '#DateTimeOffset',
  status: '#microsoft.graph.complianceStatus',
};

const ALL_PROPERTIES = USER_STATUS.properties.map(({ name }) => name);

/** The shape that clients see. The table may change; this may only grow. */
export type UserStatusResource = Record<string, string | number | null>;

/** How a resource is to be rendered: where from, for which collection, and with how much about itself. */
export interface Rendering extends JsonFormat {
  /** The root of the version that was called, such as `https://host/v1.0`. */
  serviceRoot: string;
  collection: Collection;
  /** The properties that are asked for; `undefined` for all. */
  selection: Selection | undefined;
}

/** The value of a property, as JSON has it. */
export function toPropertyValue(status: UserStatus, name: string): string | number | null {
  if (name === 'status') return COMPLIANCE_STATUSES[status.status]!;
  return status[name as Exclude<keyof UserStatus, 'status'>];
}

/** `…#deviceManagement/…/userStatuses`, with what was selected of it. */
export function toContext({ serviceRoot, collection, selection }: Rendering): string {
  const selected = selection === undefined ? '' : `(${selection.written})`;
  return `${serviceRoot}/$metadata#${toCollectionPath(collection)}${selected}`;
}

/** One entity as a response body (OData JSON Format 4.01, sections 3 and 4.5), its control information first. */
export function toResource(status: UserStatus, rendering: Rendering): UserStatusResource {
  const member = toMember(status, rendering);
  if (rendering.metadata === 'none') return member;
  return { '@odata.context': `${toContext(rendering)}/$entity`, ...member };
}

/** One entity as it stands in a collection's body. */
export function toMember(status: UserStatus, rendering: Rendering): UserStatusResource {
  const { collection, metadata, selection } = rendering;
  const names = selection?.properties ?? ALL_PROPERTIES;
  const member: UserStatusResource = {};
  if (metadata !== 'none') {
    member['@odata.type'] = ODATA_TYPE;
    member['@odata.etag'] = toEntityTag(status.revision);
    // Without the key, nobody could tell otherwise which entity it is (JSON Format 4.01, 4.5.8).
    if (metadata === 'full' || !names.includes('id')) {
      member['@odata.id'] = toEntityPath(collection, status.id);
    }
    if (metadata === 'full') member['@odata.editLink'] = toEntityPath(collection, status.id);
  }
  for (const name of names) {
    const type = metadata === 'full' ? PROPERTY_TYPES[name] : undefined;
    if (type !== undefined) member[`${name}@odata.type`] = type;
    member[name] = toPropertyValue(status, name);
  }
  return member;
}

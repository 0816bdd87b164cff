import { toJsonEntityTag } from '../odata/entity-tag.js';
import { toJsonString } from '../odata/json-text.js';
import type { JsonFormat } from '../odata/media-type.js';
import type { Selection } from '../odata/select.js';
import { COMPLIANCE_STATUSES } from './compliance-status.js';
import type { Collection } from './navigations.js';
import { USER_STATUS } from './user-status.fields.js';
import type { ListedRow } from './user-statuses.query.js';
import { toCollectionPath, toEntityPath } from './user-statuses.url.js';

export const ODATA_TYPE = '#microsoft.graph.deviceConfigurationUserStatus';

/** The types that JSON's own do not tell. In a stream, each stands right before its property (OData JSON Format 4.01, 4.4). */
export const PROPERTY_TYPES: Readonly<Record<string, string>> = {
  lastReportedDateTime: '#DateTimeOffset',
  status: '#microsoft.graph.complianceStatus',
};

const ALL_PROPERTIES = USER_STATUS.properties.map(({ name }) => name);

const TYPE_MEMBER = `,"@odata.type":"${ODATA_TYPE}"`;

/** How a resource is to be rendered: where from, for which collection, and with how much about itself. */
export interface Rendering extends JsonFormat {
  /** The root of the version that was called, such as `https://host/v1.0`. */
  serviceRoot: string;
  collection: Collection;
  /** The properties that are asked for; `undefined` for all. */
  selection: Selection | undefined;
}

/** The value of a property, as JSON has it. */
export function toPropertyValue(status: ListedRow, name: string): string | number | null {
  if (name === 'status') return COMPLIANCE_STATUSES[status.status]!;
  return status[name as Exclude<keyof ListedRow, 'status'>];
}

/** `…#deviceManagement/…/userStatuses`, with what was selected of it. */
export function toContext({ serviceRoot, collection, selection }: Rendering): string {
  const selected = selection === undefined ? '' : `(${selection.written})`;
  return `${serviceRoot}/$metadata#${toCollectionPath(collection)}${selected}`;
}

/** One entity as a response body (OData JSON Format 4.01, sections 3 and 4.5), its control information first. */
export function toResource(status: ListedRow, rendering: Rendering): string {
  const member = toMember(status, rendering);
  if (rendering.metadata === 'none') return member;
  const context = toJsonString(`${toContext(rendering)}/$entity`);
  return `{"@odata.context":${context},${member.slice(1)}`;
}

/** One entity as it stands in a collection's body. */
export function toMember(status: ListedRow, rendering: Rendering): string {
  const { metadata, selection } = rendering;
  const names = selection?.properties ?? ALL_PROPERTIES;
  const control = metadata === 'none' ? '' : toControlInformation(status, rendering, names);
  const isWhole = selection === undefined && metadata !== 'full';
  const members = control + (isWhole ? toAllMembers(status) : toMembers(status, names, metadata));
  return `{${members.slice(1)}}`;
}

/** What most ask for, in one piece. Members stand without the braces around them, each behind a comma. */
function toAllMembers(status: ListedRow): string {
  return (
    `,"id":${toJsonString(status.id)},"devicesCount":${String(status.devicesCount)}` +
    `,"lastReportedDateTime":${toJsonString(status.lastReportedDateTime)}` +
    `,"status":"${COMPLIANCE_STATUSES[status.status]!}"` +
    `,"userDisplayName":${toJsonString(status.userDisplayName)}` +
    `,"userPrincipalName":${toJsonString(status.userPrincipalName)}`
  );
}

function toMembers(
  status: ListedRow,
  names: readonly string[],
  metadata: Rendering['metadata'],
): string {
  let members = '';
  for (const name of names) {
    const type = metadata === 'full' ? PROPERTY_TYPES[name] : undefined;
    if (type !== undefined) members += `,"${name}@odata.type":"${type}"`;
    members += `,"${name}":${toJsonValue(status, name)}`;
  }
  return members;
}

/** Members without the braces around them, each behind a comma. */
function toControlInformation(
  { id, revision }: ListedRow,
  { collection, metadata }: Rendering,
  names: readonly string[],
): string {
  const control = `${TYPE_MEMBER},"@odata.etag":${toJsonEntityTag(revision)}`;
  const isFull = metadata === 'full';
  // Without the key, nobody could tell otherwise which entity it is (JSON Format 4.01, 4.5.8).
  if (!isFull && names.includes('id')) return control;
  const path = toJsonString(toEntityPath(collection, id));
  return `${control},"@odata.id":${path}${isFull ? `,"@odata.editLink":${path}` : ''}`;
}

function toJsonValue(status: ListedRow, name: string): string {
  const value = toPropertyValue(status, name);
  return typeof value === 'number' ? String(value) : toJsonString(value);
}

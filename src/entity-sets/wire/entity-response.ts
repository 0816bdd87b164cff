import { findProperty } from '../../odata/edm.js';
import { isAnyMatch, requireMatch, toEntityTag } from '../../odata/protocol/entity-tag.js';
import { ODataResponse, withJson, withText } from '../../odata/protocol/odata-response.js';
import type { Collection } from '../collection.js';
import { toEntity, toPropertyValue } from './entity-json.js';
import type { ListedRow } from '../storage/entity-queries.js';
import type { Conditions, EntityRequest } from './entity-request.js';
import { toEntityPath, type EntitySetResource } from '../entity-set.url.js';
import { toPropertyJson } from './property-json.js';

/**
 * 201 with the entity, or 204 where the caller prefers a minimal return (OData 4.01 Protocol, 8.3.4
 * and 11.4.2).
 */
export function toCreated(row: ListedRow, request: EntityRequest): ODataResponse {
  const location = toLocation(row, request);
  return toWritten(201, row, request, { Location: location });
}

/** 200 with the whole entity, or 204 where the caller prefers a minimal return. */
export function toUpdated(row: ListedRow, request: EntityRequest): ODataResponse {
  return toWritten(200, row, request, {});
}

function toWritten(
  code: 200 | 201,
  row: ListedRow,
  request: EntityRequest,
  more: Readonly<Record<string, string>>,
): ODataResponse {
  const { preferences } = request;
  const headers: Record<string, string> = { ETag: toEntityTag(row.revision), ...more };
  if (preferences.return !== undefined) {
    headers['Preference-Applied'] = `return=${preferences.return}`;
  }
  if (preferences.return === 'minimal') {
    return new ODataResponse(204, { ...headers, 'OData-EntityId': toLocation(row, request) });
  }
  return withJson(code, request, headers, toEntity(row, request));
}

function toLocation({ id }: ListedRow, { serviceRoot, collection }: EntityRequest): string {
  return `${serviceRoot}/${toEntityPath(collection, id)}`;
}

/**
 * 200 with the entity, or 304 where the caller has it already; `If-Match` counts first (RFC 9110,
 * 13.2.2).
 */
export function toFound(row: ListedRow, request: EntityRequest): ODataResponse {
  return toNotModified(row, request) ?? withJson(200, request, toTag(row), toEntity(row, request));
}

/** The property that is addressed, in JSON (Protocol 4.01, 11.2.4). */
export function toProperty(row: ListedRow, name: string, request: EntityRequest): ODataResponse {
  const { collection } = request;
  const path = `${toEntityPath(collection, row.id)}/${name}`;
  return toValueFound(row, name, collection, request, (value) =>
    withJson(200, request, toTag(row), toPropertyJson(path, value, request)),
  );
}

/** A property's bare value as text (Protocol 4.01, 11.2.5). */
export function toRawValue(
  row: ListedRow,
  { property, collection }: EntitySetResource,
  conditions: Conditions,
): ODataResponse {
  return toValueFound(row, property, collection, conditions, (value) =>
    withText(200, toTag(row), String(value)),
  );
}

/** 304 where the caller has it already, 204 where the value is null. */
function toValueFound(
  row: ListedRow,
  name: string,
  { set }: Collection,
  conditions: Conditions,
  render: (value: string | number) => ODataResponse,
): ODataResponse {
  const notModified = toNotModified(row, conditions);
  if (notModified !== undefined) return notModified;
  const value = toPropertyValue(row, findProperty(set.type, name)!);
  return value === null ? new ODataResponse(204, toTag(row)) : render(value);
}

function toNotModified(
  row: ListedRow,
  { ifMatch, ifNoneMatch }: Conditions,
): ODataResponse | undefined {
  const headers = toTag(row);
  requireMatch(ifMatch, headers.ETag);
  return isAnyMatch(ifNoneMatch, headers.ETag) ? new ODataResponse(304, headers) : undefined;
}

function toTag(row: ListedRow): { ETag: string } {
  return { ETag: toEntityTag(row.revision) };
}

export function toDeleted(): ODataResponse {
  return new ODataResponse(204, {});
}

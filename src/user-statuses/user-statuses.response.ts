import type { RowLimit } from '../database/query.js';
import { isAnyMatch, requireMatch, toEntityTag } from '../odata/entity-tag.js';
import { toJsonString } from '../odata/json-text.js';
import { ODataResponse, withJson, withText } from '../odata/odata-response.js';
import type { CallContext } from '../scheduling/call-context.js';
import { takeTurn } from '../scheduling/turns.js';
import { toContext, toMember, toPropertyValue, toResource } from './user-status.resource.js';
import { OVERVIEW_TYPE, toOverview, toOverviewContext } from './user-status-overview.resource.js';
import type { ListRequest } from './user-statuses.list-request.js';
import type { ListedRow, StatusCount } from './user-statuses.query.js';
import type { Conditions, UserStatusesRequest } from './user-statuses.request.js';
import type { Page } from './user-statuses.service.js';
import { toEntityPath } from './user-statuses.url.js';

/** 201 with the entity, or 204 where the caller prefers a minimal return (OData 4.01 Protocol, 8.3.4 and 11.4.2). */
export function toCreated(status: ListedRow, request: UserStatusesRequest): ODataResponse {
  const location = toLocation(status, request);
  return toWritten(201, status, request, { Location: location });
}

/** 200 with the whole entity, or 204 where the caller prefers a minimal return. */
export function toUpdated(status: ListedRow, request: UserStatusesRequest): ODataResponse {
  return toWritten(200, status, request, {});
}

function toWritten(
  code: 200 | 201,
  status: ListedRow,
  request: UserStatusesRequest,
  more: Readonly<Record<string, string>>,
): ODataResponse {
  const { preferences } = request;
  const headers: Record<string, string> = { ETag: toEntityTag(status.revision), ...more };
  if (preferences.return !== undefined) {
    headers['Preference-Applied'] = `return=${preferences.return}`;
  }
  if (preferences.return === 'minimal') {
    return new ODataResponse(204, { ...headers, 'OData-EntityId': toLocation(status, request) });
  }
  return withJson(code, request, headers, toResource(status, request));
}

function toLocation({ id }: ListedRow, { serviceRoot, collection }: UserStatusesRequest): string {
  return `${serviceRoot}/${toEntityPath(collection, id)}`;
}

/** 200 with the entity, or 304 where the caller has it already; `If-Match` counts first (RFC 9110, 13.2.2). */
export function toFound(status: ListedRow, request: UserStatusesRequest): ODataResponse {
  return (
    toNotModified(status, request) ??
    withJson(200, request, toTag(status), toResource(status, request))
  );
}

/** A property in JSON (Protocol 4.01, 11.2.4). */
export function toProperty(
  status: ListedRow,
  name: string,
  request: UserStatusesRequest,
): ODataResponse {
  const { serviceRoot, collection, metadata } = request;
  return toValueFound(status, name, request, (value) => {
    const context = `${serviceRoot}/$metadata#${toEntityPath(collection, status.id)}/${name}`;
    const body = metadata === 'none' ? { value } : { '@odata.context': context, value };
    return withJson(200, request, toTag(status), JSON.stringify(body));
  });
}

/** A property's bare value as text (Protocol 4.01, 11.2.5). */
export function toRawValue(status: ListedRow, name: string, conditions: Conditions): ODataResponse {
  return toValueFound(status, name, conditions, (value) =>
    withText(200, toTag(status), String(value)),
  );
}

/** 304 where the caller has it already, 204 where the value is null. */
function toValueFound(
  status: ListedRow,
  name: string,
  conditions: Conditions,
  render: (value: string | number) => ODataResponse,
): ODataResponse {
  const notModified = toNotModified(status, conditions);
  if (notModified !== undefined) return notModified;
  const value = toPropertyValue(status, name);
  return value === null ? new ODataResponse(204, toTag(status)) : render(value);
}

function toNotModified(
  status: ListedRow,
  { ifMatch, ifNoneMatch }: Conditions,
): ODataResponse | undefined {
  const headers = toTag(status);
  requireMatch(ifMatch, headers.ETag);
  return isAnyMatch(ifNoneMatch, headers.ETag) ? new ODataResponse(304, headers) : undefined;
}

function toTag(status: ListedRow): { ETag: string } {
  return { ETag: toEntityTag(status.revision) };
}

export function toDeleted(): ODataResponse {
  return new ODataResponse(204, {});
}

/** So many entities are rendered in one turn of the event loop. */
const ENTITIES_OF_TURN = 100;

/** Whether a page is rendered in several turns. */
export function isLarge({ rows }: RowLimit): boolean {
  return rows > ENTITIES_OF_TURN;
}

/** One page (OData JSON Format 4.01, section 14). */
export async function toPage(
  page: Page,
  request: ListRequest,
  context: CallContext,
): Promise<ODataResponse> {
  const { metadata, preferences, isCounted, knownCount, isIeee754Compatible } = request;
  const count = isCounted ? (knownCount ?? page.count) : undefined;
  const members: string[] = [];
  if (metadata !== 'none') members.push(`"@odata.context":${toJsonString(toContext(request))}`);
  if (count !== undefined) {
    members.push(`"@odata.count":${isIeee754Compatible ? `"${String(count)}"` : String(count)}`);
  }
  const entities: string[] = [];
  for (const status of page.rows) {
    const isTurnOver = entities.length > 0 && entities.length % ENTITIES_OF_TURN === 0;
    if (isTurnOver) await takeTurn(context);
    entities.push(toMember(status, request));
  }
  members.push(`"value":[${entities.join(',')}]`);
  if (page.last !== undefined) {
    members.push(`"@odata.nextLink":${toJsonString(request.toNextLink(page.last, count))}`);
  }
  const { maxPageSize } = preferences;
  const headers: Record<string, string> =
    maxPageSize === undefined
      ? {}
      : { 'Preference-Applied': `odata.maxpagesize=${String(maxPageSize)}` };
  return withJson(200, request, headers, `{${members.join(',')}}`);
}

export function toCount(count: number): ODataResponse {
  return withText(200, {}, String(count));
}

export function toOverviewFound(
  counts: readonly StatusCount[],
  request: UserStatusesRequest,
): ODataResponse {
  const { metadata } = request;
  const overview = toOverview(counts, request);
  const body =
    metadata === 'none'
      ? overview
      : {
          '@odata.context': toOverviewContext(request),
          '@odata.type': OVERVIEW_TYPE,
          ...overview,
        };
  return withJson(200, request, {}, JSON.stringify(body));
}

import { isAnyMatch, requireMatch, toEntityTag } from '../odata/entity-tag.js';
import { withBody, type ODataResponse } from '../odata/odata-response.js';
import type { UserStatus } from './user-status.entity.js';
import { toResource } from './user-status.resource.js';
import type { UserStatusesRequest } from './user-statuses.request.js';
import { toEntityPath } from './user-statuses.url.js';

/** 201 with the entity, or 204 where the caller prefers a minimal return (OData 4.01 Protocol, 8.3.4 and 11.4.2). */
export function toCreated(status: UserStatus, request: UserStatusesRequest): ODataResponse {
  const { preferences, metadata, serviceRoot, collection } = request;
  const location = `${serviceRoot}/${toEntityPath(collection, status.id)}`;
  const headers: Record<string, string> = {
    Location: location,
    ETag: toEntityTag(status.revision),
  };
  if (preferences.return !== undefined) {
    headers['Preference-Applied'] = `return=${preferences.return}`;
  }
  if (preferences.return === 'minimal') {
    return { status: 204, headers: { ...headers, 'OData-EntityId': location } };
  }
  return withBody(201, metadata, headers, toResource(status, request));
}

/** 200 with the entity, or 304 where the caller has it already; `If-Match` counts first (RFC 9110, 13.2.2). */
export function toFound(status: UserStatus, request: UserStatusesRequest): ODataResponse {
  const headers = { ETag: toEntityTag(status.revision) };
  requireMatch(request.ifMatch, headers.ETag);
  if (isAnyMatch(request.ifNoneMatch, headers.ETag)) return { status: 304, headers };
  return withBody(200, request.metadata, headers, toResource(status, request));
}

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { noSuchResource } from '../http/rewrite-url.js';
import { parseMetadataLevel } from '../odata/media-type.js';
import { parsePreferences, type Preferences } from '../odata/preferences.js';
import { parseQueryOptions } from '../odata/query-options.js';
import type { Resource } from '../odata/resource-path.js';
import type { Rendering } from './user-status.resource.js';
import type { UserStatusesResource } from './user-statuses.url.js';

/** All that an operation on user statuses is told by its request, apart from the body. */
export interface UserStatusesRequest extends Rendering {
  /** The entity's key; empty where the collection itself is addressed. */
  id: string;
  preferences: Preferences;
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
}

/** Throws `BadRequest` for a query option that does not apply, `NotAcceptable` where JSON is not taken. */
function parseUserStatusesRequest(request: FastifyRequest): UserStatusesRequest {
  const { resource } = request.raw;
  if (!isUserStatuses(resource)) {
    throw noSuchResource();
  }
  const { headers, url } = request;
  const queryAt = url.indexOf('?');
  const options = parseQueryOptions(queryAt === -1 ? undefined : url.slice(queryAt + 1), [
    'format',
  ]);
  return {
    serviceRoot: `${request.origin}${resource.versionPrefix}`,
    collection: resource.collection,
    id: resource.id ?? '',
    metadata: parseMetadataLevel(headers.accept, options.format),
    preferences: parsePreferences(headers.prefer?.toString()),
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
  };
}

function isUserStatuses(resource: Resource | undefined): resource is UserStatusesResource {
  return resource?.kind === 'userStatuses';
}

/** Hands the parsed request to a handler. */
export const ParsedRequest = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseUserStatusesRequest(context.switchToHttp().getRequest<FastifyRequest>()),
);

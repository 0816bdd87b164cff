/** How a handler serves single calls and items of a batch alike. */
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

import { RequireAccess, type Access } from '../auth/permissions.js';
import type { ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The kind of resource that a route serves. */
    kind?: string;
    body?: BodyForm;
  }
}

/** What a route takes for a body, where it is other than JSON of BODY_LIMIT_BYTES at most. */
export interface BodyForm {
  limitBytes: number;
  /** Whether the handler gets JSON, and `multipart/mixed` too, as bytes, and reads it itself. */
  isRaw: boolean;
}

const OPERATION = 'operation';

/** What tells the OpenAPI document that a route is a resource: it answers below the version prefixes, too. */
export const RESOURCE_EXTENSION = 'x-resource';

/** What serves one method of one kind of resource, for those whom `access` admits. */
export interface Operation {
  kind: string;
  access: Access;
}

/** The one form that a handler of a resource has. */
export type OperationHandler = (request: ODataRequest) => ODataResponse | Promise<ODataResponse>;

/**
 * Declares a handler for a kind of resource, beside Nest's own decorator for the method and the route. Single calls come to it by
 * the route, items of a batch by the kind.
 */
export function Serves(kind: string, access: Access, body?: BodyForm): MethodDecorator {
  return applyDecorators(
    RequireAccess(access, { kind, ...(body === undefined ? {} : { body }) }),
    SetMetadata<string, Operation>(OPERATION, { kind, access }),
    ApiExtension(RESOURCE_EXTENSION, kind),
  );
}

export function readOperation(handler: object): Operation | undefined {
  return Reflect.getMetadata(OPERATION, handler) as Operation | undefined;
}

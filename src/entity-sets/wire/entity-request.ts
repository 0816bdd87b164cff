/** A request → what the operation needs to know, each value checked. */
import type { StructuredType } from '../../odata/edm.js';
import { parseJsonFormat, requireTextAccepted } from '../../odata/protocol/media-type.js';
import { readHeader, type Headers, type ODataRequest } from '../../odata/protocol/odata-request.js';
import { parsePreferences, type Preferences } from '../../odata/protocol/preferences.js';
import {
  parseQueryOptions,
  type QueryOptions,
  type SystemOption,
} from '../../odata/protocol/query-options.js';
import { parseSelect } from '../../odata/protocol/select.js';
import type { Rendering } from './entity-json.js';
import type { EntitySetResource } from '../entity-set.url.js';
import { overviewTypeOf } from '../overview-type.js';

/** A request for a resource of an entity set. */
export type EntitySetCall = ODataRequest<EntitySetResource>;

/** What a request requires of the entity as it is (RFC 9110, 13.1). */
export interface Conditions {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
}

/** All that an operation on entities is told by its request, apart from the body. */
export interface EntityRequest extends Rendering, Conditions {
  /** The entity's key; empty where the collection itself is addressed. */
  id: string;
  preferences: Preferences;
}

/** The query options of each kind of request; any other is refused. */
export const ACCEPTED_OPTIONS = {
  list: [
    'apply',
    'filter',
    'search',
    'orderby',
    'select',
    'top',
    'skip',
    'count',
    'skiptoken',
    'format',
  ],
  count: ['apply', 'filter', 'search', 'format'],
  entity: ['select', 'format'],
  /** What has no properties to select from. */
  whole: ['format'],
  /** What has no representation in JSON. */
  bare: [],
} as const satisfies Readonly<Record<string, readonly SystemOption[]>>;

/**
 * Throws `BadRequest` for a query option that does not apply, `NotAcceptable` where JSON is not
 * taken.
 */
export function parseEntityRequest(
  call: EntitySetCall,
  accepted: readonly SystemOption[] = ACCEPTED_OPTIONS.entity,
): EntityRequest {
  return toEntityRequest(call, parseQueryOptions(call.query, accepted));
}

/** The same for an overview, which has a type of its own to select from. */
export function parseOverviewRequest(
  call: EntitySetCall,
  accepted: readonly SystemOption[],
): EntityRequest {
  const options = parseQueryOptions(call.query, accepted);
  return toEntityRequest(call, options, overviewTypeOf(call.resource.collection.set));
}

/** What all requests have, of options that were read already, for what has the type. */
export function toEntityRequest(
  call: EntitySetCall,
  options: QueryOptions,
  type: StructuredType = call.resource.collection.set.type,
): EntityRequest {
  const { resource, serviceRoot, headers } = call;
  const { format, select } = options.system;
  return {
    serviceRoot,
    collection: resource.collection,
    id: resource.id,
    ...parseJsonFormat(readHeader(headers, 'accept'), format),
    selection: parseSelect(select, type),
    preferences: parsePreferences(readHeader(headers, 'prefer')),
    ...toConditions(headers),
  };
}

/** A delete answers nothing that could be selected or formatted. */
export function parseDeleteRequest({ query, headers }: EntitySetCall): Conditions {
  parseQueryOptions(query, ACCEPTED_OPTIONS.bare);
  return toConditions(headers);
}

function toConditions(headers: Headers): Conditions {
  return {
    ifMatch: readHeader(headers, 'if-match'),
    ifNoneMatch: readHeader(headers, 'if-none-match'),
  };
}

/** A property's raw value is text, whatever JSON is accepted. */
export function parseValueRequest({ query, headers }: EntitySetCall): Conditions {
  requireTextAccepted(readHeader(headers, 'accept'));
  parseQueryOptions(query, ACCEPTED_OPTIONS.bare);
  return toConditions(headers);
}

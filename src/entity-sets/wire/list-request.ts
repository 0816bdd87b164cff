/**
 * A request for a page of a collection, or for its count → which entities, in which order, from
 * where.
 */
import { GraphError } from '../../errors/graph-error.js';
import { MAX_URL_LENGTH } from '../../http/request-checks.js';
import type { EntityType } from '../../odata/edm.js';
import { requireMatch } from '../../odata/protocol/entity-tag.js';
import { parseFilter, type ExpressionContext } from '../../odata/expressions/expression-parser.js';
import { requireTextAccepted } from '../../odata/protocol/media-type.js';
import { toNextLinkOptions } from '../../odata/protocol/next-link.js';
import { readHeader } from '../../odata/protocol/odata-request.js';
import { parseOrderBy } from '../../odata/expressions/order-by.js';
import { Patterns } from '../../odata/expressions/patterns.js';
import {
  DEFAULT_PAGE_SIZE,
  MAX_TOP,
  parseCount,
  parseSkip,
  parseTop,
} from '../../odata/protocol/paging.js';
import { parseQueryOptions, type QueryOptions } from '../../odata/protocol/query-options.js';
import { parseSearch } from '../../odata/expressions/search-parser.js';
import { openPosition, sealPosition } from '../../odata/protocol/skip-token.js';
import {
  placeOf,
  type Criteria,
  type PageQuery,
  type PlacedRow,
} from '../storage/entity-queries.js';
import {
  ACCEPTED_OPTIONS,
  toEntityRequest,
  type EntitySetCall,
  type EntityRequest,
} from './entity-request.js';
import { toCollectionPath } from '../entity-set.url.js';

/** About how long the control information of an entity is in JSON, and a member beside its name. */
const CONTROL_CHARACTERS = 200;
const MEMBER_CHARACTERS = 20;

export interface ListRequest extends EntityRequest {
  query: PageQuery;
  /**
   * Whether the answer tells the count of all entities, and the count if it is known from the page
   * before.
   */
  isCounted: boolean;
  knownCount: number | undefined;
  /**
   * The address of the page behind this row. Throws `UriTooLong` where the service would not read
   * it.
   */
  toNextLink: (last: PlacedRow, count: number | undefined) => string;
}

/** Throws `Gone` for a page token that is not of this collection and this query. */
export function parseListRequest(call: EntitySetCall, pageTokenKey: Buffer): ListRequest {
  const options = parseQueryOptions(call.query, ACCEPTED_OPTIONS.list);
  const { system } = options;
  const request = toEntityRequest(call, options);
  const scope = toScope(call, options);
  const position =
    system.skiptoken === undefined
      ? undefined
      : openPosition(system.skiptoken, scope, pageTokenKey);
  const now = position?.now ?? new Date().toISOString();
  const patterns = new Patterns();
  const { type } = request.collection.set;
  const criteria = parseCriteria(type, options, now, patterns);
  const orderBy = parseOrderBy(
    system.orderby,
    toExpressionContext(type, options, '$orderby', 'sort by', now, patterns),
  );
  const top = parseTop(system.top);
  const skip = parseSkip(system.skip);
  const isCounted = parseCount(system.count);
  const pageSize = Math.min(
    top ?? MAX_TOP,
    request.preferences.maxPageSize ?? top ?? position?.pageSize ?? DEFAULT_PAGE_SIZE,
  );
  return {
    ...request,
    query: {
      ...criteria,
      orderBy,
      after: position?.values,
      // What is skipped lies before the first page.
      skip: position === undefined ? skip : 0,
      limit: {
        rows: pageSize,
        characters: call.maxPageCharacters,
        charactersOfRow: toCharacters(type) + request.collection.deviceConfigurationId.length,
      },
    },
    isCounted,
    knownCount: position?.count,
    toNextLink(last, count) {
      const next = {
        values: placeOf(last, orderBy, type),
        pageSize,
        now,
        ...(count === undefined ? {} : { count }),
      };
      const token = sealPosition(next, scope, pageTokenKey);
      const path = toCollectionPath(request.collection);
      const link = `${call.serviceRoot}/${path}?${toNextLinkOptions(options, token)}`;
      if (link.length <= MAX_URL_LENGTH) return link;
      // Better than a link that cannot be followed, behind which the rest would be lost.
      throw new GraphError(
        'UriTooLong',
        'The link to the next page would be too long for a URL: shorten the query options, ' +
          'or ask for all on one page.',
      );
    },
  };
}

/** About how long an entity is in JSON, its texts apart. */
function toCharacters({ properties }: EntityType): number {
  return properties.reduce(
    (sum, { name }) => sum + name.length + MEMBER_CHARACTERS,
    CONTROL_CHARACTERS,
  );
}

/**
 * Everything that decides which position is where: a token made for other values of it does not
 * fit.
 */
function toScope({ resource }: EntitySetCall, { system, aliases }: QueryOptions): string {
  const { set, deviceConfigurationId, navigation } = resource.collection;
  const { filter = null, search = null, orderby = null } = system;
  return JSON.stringify([
    set.name,
    deviceConfigurationId,
    navigation.code,
    filter,
    search,
    orderby,
    [...aliases].sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);
}

/**
 * What is counted: `$filter` and `$search` apply, and nothing else does (URL Conventions 4.01,
 * 5.1).
 */
export function parseCountRequest(call: EntitySetCall): Criteria {
  requireTextAccepted(readHeader(call.headers, 'accept'));
  const options = parseQueryOptions(call.query, ACCEPTED_OPTIONS.count);
  requireMatch(readHeader(call.headers, 'if-match'), undefined);
  const { type } = call.resource.collection.set;
  return parseCriteria(type, options, new Date().toISOString(), new Patterns());
}

function parseCriteria(
  type: EntityType,
  options: QueryOptions,
  now: string,
  patterns: Patterns,
): Criteria {
  const { filter, search } = options.system;
  return {
    filter:
      filter === undefined
        ? undefined
        : parseFilter(
            filter,
            toExpressionContext(type, options, '$filter', 'filter on', now, patterns),
          ),
    search: search === undefined ? undefined : parseSearch(search),
    patterns: patterns.mentioned,
  };
}

function toExpressionContext(
  entityType: EntityType,
  { aliases }: QueryOptions,
  option: string,
  purpose: string,
  now: string,
  patterns: Patterns,
): ExpressionContext {
  return { entityType, option, purpose, aliases, now, patterns };
}

/**
 * A request for a page of a collection, or for its count → which entities, what is made of them, in
 * which order, from where.
 */
import { GraphError } from '../../errors/graph-error.js';
import { MAX_URL_LENGTH } from '../../http/request-checks.js';
import { narrow, toResultType, type Applied } from '../../odata/aggregation/aggregation.js';
import { parseApply } from '../../odata/aggregation/apply-parser.js';
import type { StructuredType } from '../../odata/edm.js';
import { requireMatch } from '../../odata/protocol/entity-tag.js';
import { parseFilter, type ExpressionContext } from '../../odata/expressions/expression-parser.js';
import { toNextLinkOptions } from '../../odata/protocol/next-link.js';
import { readHeader } from '../../odata/protocol/odata-request.js';
import type { Scalar } from '../../odata/expressions/expression.js';
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
import type { PageQuery } from '../storage/collection-rows.js';
import type { GroupCriteria } from '../storage/group-plan.js';
import {
  ACCEPTED_OPTIONS,
  toEntityRequest,
  type EntitySetCall,
  type EntityRequest,
} from './entity-request.js';
import { charactersOfEntity } from './entity-json.js';
import { charactersOfResult, toResultSelection } from './group-json.js';
import { toCollectionPath } from '../entity-set.url.js';

export interface ListRequest extends EntityRequest {
  /** Without groupings it is for entities. */
  query: PageQuery & GroupCriteria;
  /**
   * Whether the answer tells the count of all entities, and the count if it is known from the page
   * before.
   */
  isCounted: boolean;
  knownCount: number | undefined;
  /**
   * The address of the page behind this place. Throws `UriTooLong` where the service would not read
   * it.
   */
  toNextLink: (place: readonly Scalar[], count: number | undefined) => string;
}

/** Throws `Gone` for a page token that is not of this collection and this query. */
export function parseListRequest(call: EntitySetCall, pageTokenKey: Buffer): ListRequest {
  const options = parseQueryOptions(call.query, ACCEPTED_OPTIONS.list);
  const { system } = options;
  const scope = toScope(call, options);
  const position =
    system.skiptoken === undefined
      ? undefined
      : openPosition(system.skiptoken, scope, pageTokenKey);
  const now = position?.now ?? new Date().toISOString();
  const patterns = new Patterns();
  const { set, deviceConfigurationId } = call.resource.collection;
  const criteria = parseCriteria(set.type, options, now, patterns);
  const type = toResultType(set.type, criteria.groupings);
  const grouping = criteria.groupings.at(-1);
  const request = toEntityRequest(call, options, type);
  const orderBy = parseOrderBy(
    system.orderby,
    toExpressionContext(type, options, '$orderby', 'sort by', now, patterns),
    grouping?.keys.map(({ name }) => name) ?? [set.type.key],
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
    selection:
      grouping === undefined ? request.selection : toResultSelection(request.selection, type),
    query: {
      ...criteria,
      orderBy,
      after: position?.values,
      // What is skipped lies before the first page.
      skip: position === undefined ? skip : 0,
      limit: {
        rows: pageSize,
        characters: call.maxPageCharacters,
        charactersOfRow:
          deviceConfigurationId.length +
          (grouping === undefined ? charactersOfEntity(type) : charactersOfResult(type)),
      },
    },
    isCounted,
    knownCount: position?.count,
    toNextLink(values, count) {
      const next = {
        values,
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

/**
 * Everything that decides which position is where: a token made for other values of it does not
 * fit.
 */
function toScope({ resource }: EntitySetCall, { system, aliases }: QueryOptions): string {
  const { set, deviceConfigurationId, navigation } = resource.collection;
  const { apply = null, filter = null, search = null, orderby = null } = system;
  return JSON.stringify([
    set.name,
    deviceConfigurationId,
    navigation.code,
    apply,
    filter,
    search,
    orderby,
    [...aliases].sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);
}

/**
 * What is counted: `$apply`, `$filter` and `$search` apply, and nothing else does (URL Conventions
 * 4.01, 5.1; Data Aggregation 4.0, section 3).
 */
export function parseCountRequest(call: EntitySetCall): GroupCriteria {
  // A count is text, whatever `Accept` and `$format` say (Protocol 4.01, 11.2.10).
  const options = parseQueryOptions(call.query, ACCEPTED_OPTIONS.count);
  requireMatch(readHeader(call.headers, 'if-match'), undefined);
  const { type } = call.resource.collection.set;
  return parseCriteria(type, options, new Date().toISOString(), new Patterns());
}

function parseCriteria(
  type: StructuredType,
  options: QueryOptions,
  now: string,
  patterns: Patterns,
): GroupCriteria {
  const { filter, search } = options.system;
  const applied = parseApplied(type, options, now, patterns);
  if (search !== undefined && applied.groupings.length > 0) throw notSearchable();
  const result = toResultType(type, applied.groupings);
  const context = toExpressionContext(result, options, '$filter', 'filter on', now, patterns);
  return {
    ...(filter === undefined ? applied : narrow(applied, parseFilter(filter, context))),
    search: search === undefined ? undefined : parseSearch(search),
    patterns: patterns.mentioned,
  };
}

/** What comes first, and the other options are asked of (Data Aggregation 4.0, section 3). */
function parseApplied(
  type: StructuredType,
  options: QueryOptions,
  now: string,
  patterns: Patterns,
): Applied {
  const { apply } = options.system;
  if (apply === undefined) return { filter: undefined, groupings: [] };
  return parseApply(apply, toExpressionContext(type, options, '$apply', 'use', now, patterns));
}

function notSearchable(): GraphError {
  return new GraphError(
    'NotImplemented',
    "Groups cannot be searched: narrow them by '$filter', or what they are made of by " +
      "'filter(…)' before.",
    { target: '$search' },
  );
}

function toExpressionContext(
  entityType: StructuredType,
  { aliases }: QueryOptions,
  option: string,
  purpose: string,
  now: string,
  patterns: Patterns,
): ExpressionContext {
  return { entityType, option, purpose, aliases, now, patterns };
}

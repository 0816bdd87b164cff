/** A page of entities, or of what `$apply` makes of them; and how many there are. */
import type { RowLimit } from '../../database/query.js';
import type { StoredRow } from '../../database/table.js';
import { toJsonString } from '../../odata/protocol/json-text.js';
import { withJson, withText, type ODataResponse } from '../../odata/protocol/odata-response.js';
import type { CallContext } from '../../scheduling/call-context.js';
import { takeTurn } from '../../scheduling/turns.js';
import type { Collection } from '../collection.js';
import type { Entities } from '../storage/entities.js';
import type { GroupCriteria } from '../storage/group-plan.js';
import type { Page } from '../storage/page.js';
import { toContextUrl, toMember } from './entity-json.js';
import { toGroupWriter } from './group-json.js';
import type { ListRequest } from './list-request.js';

/** So many entities are rendered in one turn of the event loop. */
const ENTITIES_OF_TURN = 100;

/** Whether a page is rendered in several turns. */
export function isLarge({ rows }: RowLimit): boolean {
  return rows > ENTITIES_OF_TURN;
}

/** Reads and renders the page that is asked for. */
export async function answerPage<Row extends StoredRow>(
  entities: Entities<Row>,
  request: ListRequest,
  context: CallContext,
): Promise<ODataResponse> {
  const { collection, query, isCounted, knownCount } = request;
  const needsCount = isCounted && knownCount === undefined;
  if (query.groupings.length > 0) {
    const page = await entities.groups.list(collection, query, needsCount, context);
    return toPage(page, toGroupWriter(request), request, context);
  }
  const page = await entities.list(collection, query, needsCount, context);
  return toPage(page, (row) => toMember(row, request), request, context);
}

export async function answerCount<Row extends StoredRow>(
  entities: Entities<Row>,
  collection: Collection,
  criteria: GroupCriteria,
  context: CallContext,
): Promise<ODataResponse> {
  const counted = criteria.groupings.length > 0 ? entities.groups : entities;
  return withText(200, {}, String(await counted.count(collection, criteria, context)));
}

/** One page (OData JSON Format 4.01, section 14). */
async function toPage<Row>(
  { rows, next, count: newCount }: Page<Row>,
  toText: (row: Row) => string,
  request: ListRequest,
  context: CallContext,
): Promise<ODataResponse> {
  const { metadata, preferences, isCounted, knownCount, isIeee754Compatible } = request;
  const count = isCounted ? (knownCount ?? newCount) : undefined;
  let json = '{';
  if (metadata !== 'none') json += `"@odata.context":${toJsonString(toContextUrl(request))},`;
  if (count !== undefined) {
    json += `"@odata.count":${isIeee754Compatible ? `"${String(count)}"` : String(count)},`;
  }
  const texts: string[] = [];
  for (const row of rows.splice(0)) {
    const isTurnOver = texts.length > 0 && texts.length % ENTITIES_OF_TURN === 0;
    if (isTurnOver) await takeTurn(context);
    texts.push(toText(row));
  }
  json += `"value":[${texts.join(',')}]`;
  if (next !== undefined) {
    json += `,"@odata.nextLink":${toJsonString(request.toNextLink(next, count))}`;
  }
  const { maxPageSize } = preferences;
  const headers: Record<string, string> =
    maxPageSize === undefined
      ? {}
      : { 'Preference-Applied': `odata.maxpagesize=${String(maxPageSize)}` };
  return withJson(200, request, headers, `${json}}`);
}

/** How many entities of a collection are what (Graph's `…Overview` types). */
import { findProperty } from '../../odata/edm.js';
import { type ODataResponse, withJson } from '../../odata/protocol/odata-response.js';
import type { KeptCount } from '../storage/entity-queries.js';
import type { EntityRequest } from './entity-request.js';
import type { EntitySet } from '../entity-set.js';
import { toOverviewPath } from '../entity-set.url.js';

/** Nothing was ever reported. */
const NEVER = '0001-01-01T00:00:00Z';

export function toOverview(kept: readonly KeptCount[], request: EntityRequest): ODataResponse {
  const { metadata, serviceRoot, collection } = request;
  const overview = {
    id: collection.deviceConfigurationId,
    ...sumUp(kept, collection.set),
    lastUpdateDateTime: kept[0]?.latest ?? NEVER,
    configurationVersion: 0,
  };
  const control = {
    '@odata.context': `${serviceRoot}/$metadata#${toOverviewPath(collection)}/$entity`,
    '@odata.type': collection.set.overview.odataType,
  };
  const body = metadata === 'none' ? overview : { ...control, ...overview };
  return withJson(200, request, {}, JSON.stringify(body));
}

/** The counts of the type, in their order. */
function sumUp(kept: readonly KeptCount[], { type, overview }: EntitySet): Record<string, number> {
  const { type: counted } = findProperty(type, overview.countedBy)!;
  const members = typeof counted === 'object' ? counted.members : [];
  return Object.fromEntries(
    Object.entries(overview.counts).map(([name, together]) => [
      name,
      kept
        .filter(({ value }) => together.includes(members[value]!))
        .reduce((sum, { count }) => sum + count, 0),
    ]),
  );
}

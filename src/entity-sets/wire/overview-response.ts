/** How many entities of a collection are what (Graph's `…Overview` types). */
import { findProperty } from '../../odata/edm.js';
import { withJson, withText, type ODataResponse } from '../../odata/protocol/odata-response.js';
import type { KeptCount } from '../storage/entity-queries.js';
import type { EntityRequest } from './entity-request.js';
import type { Collection } from '../collection.js';
import type { EntitySet } from '../entity-set.js';
import { toOverviewPath } from '../entity-set.url.js';
import { LATEST, overviewTypeOf, VERSION } from '../overview-type.js';
import { toPropertyJson } from './property-json.js';

/** Nothing was ever reported. */
const NEVER = '0001-01-01T00:00:00Z';

/** The values of an overview's properties. */
export type OverviewValues = Readonly<Record<string, string | number>>;

export function sumUp(
  kept: readonly KeptCount[],
  { set, deviceConfigurationId }: Collection,
): OverviewValues {
  return {
    [set.type.key]: deviceConfigurationId,
    ...toCounts(kept, set),
    [LATEST]: kept[0]?.latest ?? NEVER,
    [VERSION]: 0,
  };
}

function toCounts(
  kept: readonly KeptCount[],
  { type, overview }: EntitySet,
): Record<string, number> {
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

/** All of it, or the properties that are selected. */
export function toOverview(overview: OverviewValues, request: EntityRequest): ODataResponse {
  const { metadata, serviceRoot, collection, selection } = request;
  const { set } = collection;
  const names = selection?.properties ?? overviewTypeOf(set).properties.map(({ name }) => name);
  const selected = selection === undefined ? '' : `(${selection.written})`;
  const path = `${toOverviewPath(collection)}${selected}/$entity`;
  const control = {
    '@odata.context': `${serviceRoot}/$metadata#${path}`,
    '@odata.type': set.overview.odataType,
  };
  const body = {
    ...(metadata === 'none' ? {} : control),
    ...Object.fromEntries(names.map((name) => [name, overview[name]])),
  };
  return withJson(200, request, {}, JSON.stringify(body));
}

export function toOverviewProperty(
  overview: OverviewValues,
  name: string,
  request: EntityRequest,
): ODataResponse {
  const path = `${toOverviewPath(request.collection)}/${name}`;
  return withJson(200, request, {}, toPropertyJson(path, overview[name]!, request));
}

/** A property's bare value as text. */
export function toOverviewValue(overview: OverviewValues, name: string): ODataResponse {
  return withText(200, {}, String(overview[name]!));
}

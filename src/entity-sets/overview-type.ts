/** The type of an overview as data: what its paths and `$select` may name, in the order of JSON. */
import { findProperty, type EntityType } from '../odata/edm.js';
import type { DescribedProperty, EntitySet } from './entity-set.js';

export type OverviewType = EntityType<DescribedProperty>;

/** The latest report. */
export const LATEST = 'lastUpdateDateTime';
/** There is one policy, which has no versions here. */
export const VERSION = 'configurationVersion';

const types = new WeakMap<EntitySet, OverviewType>();

export function overviewTypeOf(set: EntitySet): OverviewType {
  let known = types.get(set);
  if (known === undefined) {
    known = toOverviewType(set);
    types.set(set, known);
  }
  return known;
}

/** None of it can be null, and none of it searched. */
function toOverviewType({ type, plural, overview }: EntitySet): OverviewType {
  const { counts, countedBy, latestBy } = overview;
  const { key } = type;
  const common = { isNullable: false, isSearchable: false };
  const toCount = (name: string, description: string): DescribedProperty => ({
    ...common,
    name,
    type: 'integer',
    edmType: 'Edm.Int32',
    description,
  });
  return {
    key,
    enumerations: [],
    properties: [
      findProperty(type, key)!,
      ...Object.entries(counts).map(([name, members]) =>
        toCount(name, `How many ${plural} have the ${countedBy} ${members.join(' or ')}.`),
      ),
      {
        ...common,
        name: LATEST,
        type: 'dateTimeOffset',
        edmType: 'Edm.DateTimeOffset',
        description: `The latest ${latestBy}; 0001-01-01T00:00:00Z where there is none.`,
      },
      toCount(VERSION, 'Version of the policy for that overview.'),
    ],
  };
}

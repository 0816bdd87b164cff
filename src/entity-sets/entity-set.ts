/** An entity set as data: what requests, answers, queries and metadata are made by. */
import type { EntityType, Property } from '../odata/edm.js';

/** A property, and where its values are in a row. */
export interface StoredProperty extends Property {
  /** The property of the row that is compared and sorted, where it is not the value itself. */
  comparable: string;
  /** The type in JSON, where JSON's own does not tell it (OData JSON Format 4.01, 4.5.3). */
  jsonType?: string;
  description: string;
}

export interface StoredType extends EntityType<StoredProperty> {
  /** As `@odata.type` has it: `#microsoft.graph.…`. */
  odataType: string;
  description: string;
}

/** What counts the entities of a collection, and lies beside it. It cannot be written. */
export interface Overview {
  /** In URLs, such as `userStatusOverview`. */
  name: string;
  odataType: string;
  description: string;
  /**
   * The property by whose members entities are counted, and which members each count takes
   * together.
   */
  countedBy: string;
  counts: Readonly<Record<string, readonly string[]>>;
  /** The timestamp whose latest value `lastUpdateDateTime` tells. */
  latestBy: string;
}

/** Each entity set has a collection in each place that `NAVIGATIONS` leads to. */
export interface EntitySet {
  /** In URLs, such as `userStatuses`. */
  name: string;
  /** One of its entities, in names: `userStatus`. */
  entityName: string;
  /** In words: `user status`, `user statuses`. */
  singular: string;
  plural: string;
  description: string;
  type: StoredType;
  overview: Overview;
}

/** The kinds of resource that an entity set has; each operation serves one. */
export interface ResourceKinds {
  collection: string;
  count: string;
  entity: string;
  property: string;
  value: string;
  overview: string;
}

export function kindsOf({ name, entityName, overview }: EntitySet): ResourceKinds {
  return {
    collection: name,
    count: `${name}/$count`,
    entity: entityName,
    property: `${entityName}/property`,
    value: `${entityName}/property/$value`,
    overview: overview.name,
  };
}

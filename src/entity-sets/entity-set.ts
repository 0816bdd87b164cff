/** An entity set as data: what requests, answers, queries and metadata are made by. */
import type { EntityType, Enumeration, Property } from '../odata/edm.js';

/** A property, and what documents tell of it. */
export interface DescribedProperty extends Property {
  /** The type in JSON, where JSON's own does not tell it (OData JSON Format 4.01, 4.5.3). */
  jsonType?: string;
  /** What it is where a create or a replacement leaves it out; without one, none may. */
  defaultValue?: string | number | null;
  description: string;
}

interface Stored extends DescribedProperty {
  /** The property of the row that is compared and sorted: it itself, but for a time. */
  comparable: string;
}

interface TextProperty extends Stored {
  type: 'string';
  edmType: 'Edm.String';
  maxLength: number;
}

interface NumberProperty extends Stored {
  type: 'integer';
  edmType: 'Edm.Int32';
  isSearchable: false;
}

/** Its instant is compared, which is a property of the row and of nothing else. */
interface TimeProperty extends Stored {
  type: 'dateTimeOffset';
  edmType: 'Edm.DateTimeOffset';
  jsonType: '#DateTimeOffset';
  isSearchable: false;
}

interface MemberProperty extends Stored {
  type: Enumeration;
  jsonType: string;
  isSearchable: false;
}

/** A property, and where its values are in a row. */
export type StoredProperty = TextProperty | NumberProperty | TimeProperty | MemberProperty;

export interface StoredType extends EntityType<StoredProperty> {
  /** As `@odata.type` has it: `#microsoft.graph.…`. */
  odataType: string;
  description: string;
}

/** What counts the entities of a collection, and lies beside it. It cannot be written. */
interface Overview {
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
  overviewProperty: string;
  overviewValue: string;
}

export function kindsOf({ name, entityName, overview }: EntitySet): ResourceKinds {
  return {
    collection: name,
    count: `${name}/$count`,
    entity: entityName,
    property: `${entityName}/property`,
    value: `${entityName}/property/$value`,
    overview: overview.name,
    overviewProperty: `${overview.name}/property`,
    overviewValue: `${overview.name}/property/$value`,
  };
}

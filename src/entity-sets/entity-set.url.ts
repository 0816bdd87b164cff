/**
 * Which resource of an entity set a URL names, and the URL of each:
 *
 *     deviceManagement/deviceConfigurations/{key}[/{cast}][/{navigation}]/{set}[/$count]
 *     …/{set}/{key}[/{property}[/$value]]
 *     …/{overview}[/{property}[/$value]]
 */
import { GraphError, shorten } from '../errors/graph-error.js';
import type { Property } from '../odata/edm.js';
import { isEntityKey, MAX_KEY_LENGTH } from '../odata/protocol/entity-key.js';
import {
  isNamed,
  isTypeCast,
  readCollection,
  toKeyPredicate,
  type Resource,
  type ResourcePath,
} from '../odata/protocol/resource-path.js';
import { NAVIGATIONS, type Collection, type Navigation } from './collection.js';
import { kindsOf, type EntitySet, type ResourceKinds } from './entity-set.js';
import { overviewTypeOf } from './overview-type.js';

/**
 * Stands for every key in the paths that the router is given: it finds the handler, and need not
 * read what the resource tells.
 */
const ANY_KEY = '-';

export const DEVICE_MANAGEMENT = 'deviceManagement';
export const DEVICE_CONFIGURATIONS = 'deviceConfigurations';
const COUNT = '$count';
const VALUE = '$value';

/** A collection, or something in it. */
export interface EntitySetResource extends Resource {
  collection: Collection;
  /** The entity's key; empty where none is named. */
  id: string;
  /** The property's name; empty where none is named. */
  property: string;
}

/**
 * The routes of the collections, one for each navigation; the entities' have `/:id` behind them.
 */
export function collectionRoutesOf({ name }: EntitySet): string[] {
  return NAVIGATIONS.map((navigation) => toRoute(navigation, ':deviceConfigurationId', name));
}

export function overviewRoutesOf({ overview }: EntitySet): string[] {
  return NAVIGATIONS.map((navigation) =>
    toRoute(navigation, ':deviceConfigurationId', overview.name),
  );
}

function toRoute(navigation: Navigation, deviceConfigurationId: string, name: string): string {
  return [
    DEVICE_MANAGEMENT,
    DEVICE_CONFIGURATIONS,
    deviceConfigurationId,
    ...navigation.segments,
    name,
  ].join('/');
}

/** Whether a segment names a collection, so that a key can stand behind it. */
export function createCollectionTest(sets: readonly EntitySet[]): (segment: string) => boolean {
  const names = [DEVICE_CONFIGURATIONS, ...sets.map(({ name }) => name)];
  return (segment) => names.some((name) => isNamed(segment, name));
}

/** Finds what a path names in one of the sets; throws for a key that is malformed. */
export function createEntitySetFinder(
  sets: readonly EntitySet[],
): (path: ResourcePath) => EntitySetResource | undefined {
  const makers = sets.map((set) => new ResourceMaker(set));

  return ({ segments, versionPrefix }) => {
    if (!isNamed(segments[0], DEVICE_MANAGEMENT)) return undefined;
    const parent = readCollection(segments, 1, DEVICE_CONFIGURATIONS);
    if (parent?.key === undefined) return undefined;
    if (parent.key === '') requireParentKey(parent.key);

    const start = isTypeCast(segments[parent.next]) ? parent.next + 1 : parent.next;
    for (const navigation of NAVIGATIONS) {
      const isTaken = navigation.segments.every((name, i) => isNamed(segments[start + i], name));
      if (!isTaken) continue;
      const end = start + navigation.segments.length;
      for (const maker of makers) {
        const collection = { set: maker.set, deviceConfigurationId: parent.key, navigation };
        const found = maker.find(segments, end, versionPrefix, collection);
        if (found === undefined) continue;
        requireParentKey(parent.key);
        return found;
      }
    }
    return undefined;
  };
}

/** The kinds of a property, and of its bare value. */
const ENTITY_PROPERTY = ['property', 'value'] as const;
const OVERVIEW_PROPERTY = ['overviewProperty', 'overviewValue'] as const;

interface CollectionResource extends EntitySetResource {
  member: (id: string) => EntitySetResource;
}

/** Makes the resources of one entity set. */
class ResourceMaker {
  private readonly kinds: ResourceKinds;
  /** What lies behind the path of a collection's parent, for each kind of resource. */
  private readonly ends: ResourceKinds;

  constructor(readonly set: EntitySet) {
    const { name, overview } = set;
    this.kinds = kindsOf(set);
    this.ends = {
      collection: name,
      count: `${name}/${COUNT}`,
      entity: `${name}/${ANY_KEY}`,
      property: `${name}/${ANY_KEY}/${ANY_KEY}`,
      value: `${name}/${ANY_KEY}/${ANY_KEY}/${VALUE}`,
      overview: overview.name,
      overviewProperty: `${overview.name}/${ANY_KEY}`,
      overviewValue: `${overview.name}/${ANY_KEY}/${VALUE}`,
    };
  }

  /** What the segments from `at` on name. */
  find(
    segments: readonly string[],
    at: number,
    versionPrefix: Resource['versionPrefix'],
    collection: Collection,
  ): EntitySetResource | undefined {
    if (isNamed(segments[at], this.set.overview.name)) {
      const overview = this.make('overview', versionPrefix, collection);
      return this.findIn(overview, segments, at + 1);
    }
    const step = readCollection(segments, at, this.set.name);
    if (step === undefined) return undefined;
    const { key: id, next } = step;
    const owner = this.makeCollection(versionPrefix, collection);
    if (id === undefined) {
      if (next === segments.length) return owner;
      return isLast(segments, next, COUNT)
        ? this.make('count', versionPrefix, collection)
        : undefined;
    }
    if (id === '') throw emptyKey(this.set);
    const entity = owner.member(id);
    const found = this.findIn(entity, segments, next);
    if (found !== undefined && !isEntityKey(id)) throw noSuchEntity(collection, id);
    return found;
  }

  /** What the segments from `at` on name in an entity or an overview: itself, or a property. */
  private findIn(
    owner: EntitySetResource,
    segments: readonly string[],
    at: number,
  ): EntitySetResource | undefined {
    if (at === segments.length) return owner;
    const isEntity = owner.kind === this.kinds.entity;
    const { properties } = isEntity ? this.set.type : overviewTypeOf(this.set);
    // Names in paths are taken in any case.
    const property = properties.find(({ name }) => isNamed(segments[at], name))?.name;
    if (property === undefined) {
      const isName = at + 1 === segments.length && segments[at] !== '' && !isTypeCast(segments[at]);
      if (!isName || (isEntity && !isEntityKey(owner.id))) return undefined;
      throw noSuchProperty(properties, segments[at]!);
    }
    const isValue = isLast(segments, at + 1, VALUE);
    if (!isValue && at + 1 < segments.length) return undefined;
    const { versionPrefix, collection, id } = owner;
    const [ofProperty, ofValue] = isEntity ? ENTITY_PROPERTY : OVERVIEW_PROPERTY;
    const made = this.make(isValue ? ofValue : ofProperty, versionPrefix, collection);
    return { ...made, id, property, of: owner };
  }

  private makeCollection(
    versionPrefix: Resource['versionPrefix'],
    collection: Collection,
  ): CollectionResource {
    const { kind, property, routePath } = this.make('entity', versionPrefix, collection);
    const resource: CollectionResource = {
      ...this.make('collection', versionPrefix, collection),
      member: (id) => ({ kind, versionPrefix, collection, id, property, routePath, of: resource }),
    };
    return resource;
  }

  private make(
    kind: keyof ResourceKinds,
    versionPrefix: Resource['versionPrefix'],
    collection: Collection,
  ): EntitySetResource {
    const routePath = `/${toRoute(collection.navigation, ANY_KEY, this.ends[kind])}`;
    return {
      kind: this.kinds[kind],
      versionPrefix,
      collection,
      id: '',
      property: '',
      routePath,
    };
  }
}

function isLast(segments: readonly string[], at: number, name: string): boolean {
  return at === segments.length - 1 && isNamed(segments[at], name);
}

const collectionPaths = new WeakMap<Collection, string>();

/** The path of a collection under the version root, as in `@odata.context`. */
export function toCollectionPath(collection: Collection): string {
  let path = collectionPaths.get(collection);
  if (path === undefined) {
    path = `${toParentPath(collection)}/${collection.set.name}`;
    collectionPaths.set(collection, path);
  }
  return path;
}

export function toOverviewPath(collection: Collection): string {
  return `${toParentPath(collection)}/${collection.set.overview.name}`;
}

function toParentPath({ deviceConfigurationId, navigation }: Collection): string {
  const parent = `${DEVICE_CONFIGURATIONS}${toKeyPredicate(deviceConfigurationId)}`;
  return [DEVICE_MANAGEMENT, parent, ...navigation.segments].join('/');
}

/**
 * The path of one entity under the version root: with the key in parentheses, where any key can
 * stand.
 */
export function toEntityPath(collection: Collection, id: string): string {
  return `${toCollectionPath(collection)}${toKeyPredicate(id)}`;
}

export function noSuchEntity({ set }: Collection, id: string): GraphError {
  return new GraphError(
    'ResourceNotFound',
    `There is no ${set.singular} with the id '${shorten(id)}' in this collection.`,
  );
}

function emptyKey({ name, singular }: EntitySet): GraphError {
  return new GraphError(
    'BadRequest',
    `The key of the ${singular} is empty: write ${name}/key or ${name}('key').`,
  );
}

function noSuchProperty(properties: readonly Property[], name: string): GraphError {
  const names = properties.map((property) => property.name).join(', ');
  return new GraphError(
    'ResourceNotFound',
    `There is no property '${shorten(name)}' here: the properties are ${names}.`,
  );
}

function requireParentKey(key: string): void {
  if (isEntityKey(key)) return;
  throw new GraphError(
    'BadRequest',
    `The id of the device configuration must be 1 to ${String(MAX_KEY_LENGTH)} characters, ` +
      'none of them a control character.',
    { target: 'deviceConfigurationId' },
  );
}

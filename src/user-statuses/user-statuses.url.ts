/**
 * Which resource a URL names, and the URL of each:
 *
 *     deviceManagement/deviceConfigurations/{key}[/{cast}][/{navigation}]/userStatuses[/$count]
 *     …/userStatuses/{key}[/{property}[/$value]]
 *     …/userStatusOverview
 */
import { LRUCache } from 'lru-cache';

import { GraphError, shorten } from '../errors/graph-error.js';
import { isEntityKey, MAX_KEY_LENGTH } from '../odata/entity-key.js';
import {
  isNamed,
  isTypeCast,
  readCollection,
  toKeyPredicate,
  type Resource,
  type ResourcePath,
} from '../odata/resource-path.js';
import { NAVIGATIONS, type Collection, type Navigation } from './navigations.js';
import { USER_STATUS } from './user-status.fields.js';

/** How many collections are remembered; the least recently used goes first. */
const MAX_KNOWN_COLLECTIONS = 1000;

export const DEVICE_MANAGEMENT = 'deviceManagement';
export const DEVICE_CONFIGURATIONS = 'deviceConfigurations';
export const USER_STATUSES = 'userStatuses';
export const OVERVIEW = 'userStatusOverview';
const COUNT = '$count';
const VALUE = '$value';

/** The kinds of resource that there are here; each operation serves one. */
export const KINDS = {
  collection: 'userStatuses',
  count: 'userStatuses/$count',
  entity: 'userStatus',
  property: 'userStatus/property',
  value: 'userStatus/property/$value',
  overview: 'userStatusOverview',
} as const;

/** A collection of user statuses, or something in it. */
export interface UserStatusesResource extends Resource {
  kind: (typeof KINDS)[keyof typeof KINDS];
  collection: Collection;
  /** The entity's key; empty where none is named. */
  id: string;
  /** The property's name; empty where none is named. */
  property: string;
}

/** The routes of the collections, one for each navigation; the entities' have `/:id` behind them. */
export const COLLECTION_ROUTES = NAVIGATIONS.map((navigation) =>
  toRoute(navigation, ':deviceConfigurationId', USER_STATUSES),
);

export const OVERVIEW_ROUTES = NAVIGATIONS.map((navigation) =>
  toRoute(navigation, ':deviceConfigurationId', OVERVIEW),
);

function toRoute(navigation: Navigation, deviceConfigurationId: string, name: string): string {
  return [
    DEVICE_MANAGEMENT,
    DEVICE_CONFIGURATIONS,
    deviceConfigurationId,
    ...navigation.segments,
    name,
  ].join('/');
}

/** Returns `undefined` for a path that names something else; throws for a key that is malformed. */
export function findUserStatuses({
  segments,
  versionPrefix,
}: ResourcePath): UserStatusesResource | undefined {
  if (!isNamed(segments[0], DEVICE_MANAGEMENT)) return undefined;
  const parent = readCollection(segments, 1, DEVICE_CONFIGURATIONS);
  if (parent?.key === undefined) return undefined;

  const start = isTypeCast(segments[parent.next]) ? parent.next + 1 : parent.next;
  for (const navigation of NAVIGATIONS) {
    const isTaken = navigation.segments.every((name, i) => isNamed(segments[start + i], name));
    if (!isTaken) continue;
    const end = start + navigation.segments.length;
    const found = isLast(segments, end, OVERVIEW)
      ? { kind: KINDS.overview, id: '', property: '', routePath: '' }
      : findInCollection(segments, end);
    if (found === undefined) continue;

    const { collection, routePath } = findCollection(parent.key, navigation);
    const ownPath = found.kind === KINDS.overview ? OVERVIEW : `${USER_STATUSES}${found.routePath}`;
    return { ...found, versionPrefix, collection, routePath: `${routePath}${ownPath}` };
  }
  return undefined;
}

interface KnownCollection {
  collection: Collection;
  /** Up to the name behind the navigation. */
  routePath: string;
}

/** Most requests are for the same collections: what is made of their names is made once. */
const knownCollections = new LRUCache<string, KnownCollection>({ max: MAX_KNOWN_COLLECTIONS });

function findCollection(deviceConfigurationId: string, navigation: Navigation): KnownCollection {
  const name = `${String(navigation.code)}/${deviceConfigurationId}`;
  let known = knownCollections.get(name);
  if (known === undefined) {
    requireParentKey(deviceConfigurationId);
    const routePath = `/${toRoute(navigation, encodeURIComponent(deviceConfigurationId), '')}`;
    known = { collection: { deviceConfigurationId, navigation }, routePath };
    knownCollections.set(name, known);
  }
  return known;
}

type Found = Pick<UserStatusesResource, 'kind' | 'id' | 'property' | 'routePath'>;

/** What the segments from `at` on name; its `routePath` is what stands behind the collection's. */
function findInCollection(segments: readonly string[], at: number): Found | undefined {
  const step = readCollection(segments, at, USER_STATUSES);
  if (step === undefined) return undefined;
  const { key: id, next } = step;
  if (id === undefined) {
    const place = { id: '', property: '' };
    if (next === segments.length) return { ...place, kind: KINDS.collection, routePath: '' };
    if (!isLast(segments, next, COUNT)) return undefined;
    return { ...place, kind: KINDS.count, routePath: `/${COUNT}` };
  }
  const found = findInEntity(segments, next);
  if (found === undefined) return undefined;
  if (!isEntityKey(id)) throw noSuchUserStatus(id);
  return { ...found, id, routePath: `/${encodeURIComponent(id)}${found.routePath}` };
}

function findInEntity(segments: readonly string[], at: number): Omit<Found, 'id'> | undefined {
  const [name, value] = segments.slice(at);
  if (name === undefined) return { kind: KINDS.entity, property: '', routePath: '' };
  // Names in paths are taken in any case.
  const property = USER_STATUS.properties.find((each) => isNamed(name, each.name))?.name;
  if (property === undefined) return undefined;
  if (value === undefined) return { kind: KINDS.property, property, routePath: `/${property}` };
  if (!isLast(segments, at + 1, VALUE)) return undefined;
  return { kind: KINDS.value, property, routePath: `/${property}/${VALUE}` };
}

function isLast(segments: readonly string[], at: number, name: string): boolean {
  return at === segments.length - 1 && isNamed(segments[at], name);
}

const collectionPaths = new WeakMap<Collection, string>();

/** The path of a collection under the version root, as in `@odata.context`. */
export function toCollectionPath(collection: Collection): string {
  let path = collectionPaths.get(collection);
  if (path === undefined) {
    path = `${toParentPath(collection)}/${USER_STATUSES}`;
    collectionPaths.set(collection, path);
  }
  return path;
}

export function toOverviewPath(collection: Collection): string {
  return `${toParentPath(collection)}/${OVERVIEW}`;
}

function toParentPath({ deviceConfigurationId, navigation }: Collection): string {
  const parent = `${DEVICE_CONFIGURATIONS}${toKeyPredicate(deviceConfigurationId)}`;
  return [DEVICE_MANAGEMENT, parent, ...navigation.segments].join('/');
}

/** The path of one entity under the version root: with the key in parentheses, where any key can stand. */
export function toEntityPath(collection: Collection, id: string): string {
  return `${toCollectionPath(collection)}${toKeyPredicate(id)}`;
}

export function noSuchUserStatus(id: string): GraphError {
  return new GraphError(
    'ResourceNotFound',
    `There is no user status with the id '${shorten(id)}' in this collection.`,
  );
}

function requireParentKey(key: string): void {
  if (isEntityKey(key)) return;
  throw new GraphError(
    'BadRequest',
    `The id of the device configuration must be 1 to ${String(MAX_KEY_LENGTH)} characters, none of them a control character.`,
    { target: 'deviceConfigurationId' },
  );
}

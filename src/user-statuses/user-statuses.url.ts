/**
 * Which resource a URL names, and the URL of each:
 *
 *     deviceManagement/deviceConfigurations/{key}[/{cast}][/{navigation}]/userStatuses[/$count]
 *     …/userStatuses/{key}[/{property}[/$value]]
 *     …/userStatusOverview
 */
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

/** Stands for every key in the paths that the router is given: it finds the handler, and need not read what the resource tells. */
const ANY_KEY = '-';

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
    const collection = { deviceConfigurationId: parent.key, navigation };
    const end = start + navigation.segments.length;
    const found = isLast(segments, end, OVERVIEW)
      ? toResource(KINDS.overview, versionPrefix, collection)
      : findInCollection(segments, end, toCollection(versionPrefix, collection));
    if (found === undefined) continue;
    requireParentKey(parent.key);
    return found;
  }
  return undefined;
}

/** What the segments from `at` on name. */
function findInCollection(
  segments: readonly string[],
  at: number,
  collection: CollectionResource,
): UserStatusesResource | undefined {
  const step = readCollection(segments, at, USER_STATUSES);
  if (step === undefined) return undefined;
  const { key: id, next } = step;
  if (id === undefined) {
    if (next === segments.length) return collection;
    if (!isLast(segments, next, COUNT)) return undefined;
    return toResource(KINDS.count, collection.versionPrefix, collection.collection);
  }
  const entity = collection.member(id);
  const found = next === segments.length ? entity : findInEntity(segments, next, entity);
  if (found !== undefined && !isEntityKey(id)) throw noSuchUserStatus(id);
  return found;
}

function findInEntity(
  segments: readonly string[],
  at: number,
  entity: UserStatusesResource,
): UserStatusesResource | undefined {
  // Names in paths are taken in any case.
  const property = USER_STATUS.properties.find(({ name }) => isNamed(segments[at], name))?.name;
  if (property === undefined) return undefined;
  const isValue = isLast(segments, at + 1, VALUE);
  if (!isValue && at + 1 < segments.length) return undefined;
  const kind = isValue ? KINDS.value : KINDS.property;
  return {
    ...toResource(kind, entity.versionPrefix, entity.collection),
    ...{ id: entity.id, property, of: entity },
  };
}

interface CollectionResource extends UserStatusesResource {
  member: (id: string) => UserStatusesResource;
}

function toCollection(
  versionPrefix: Resource['versionPrefix'],
  collection: Collection,
): CollectionResource {
  const { kind, property, routePath } = toResource(KINDS.entity, versionPrefix, collection);
  const resource: CollectionResource = {
    ...toResource(KINDS.collection, versionPrefix, collection),
    member: (id) => ({ kind, versionPrefix, collection, id, property, routePath, of: resource }),
  };
  return resource;
}

/** What lies behind the path of a collection's parent, for each kind of resource. */
const ROUTE_ENDS: Readonly<Record<UserStatusesResource['kind'], string>> = {
  [KINDS.collection]: USER_STATUSES,
  [KINDS.count]: `${USER_STATUSES}/${COUNT}`,
  [KINDS.entity]: `${USER_STATUSES}/${ANY_KEY}`,
  [KINDS.property]: `${USER_STATUSES}/${ANY_KEY}/${ANY_KEY}`,
  [KINDS.value]: `${USER_STATUSES}/${ANY_KEY}/${ANY_KEY}/${VALUE}`,
  [KINDS.overview]: OVERVIEW,
};

function toResource(
  kind: UserStatusesResource['kind'],
  versionPrefix: Resource['versionPrefix'],
  collection: Collection,
): UserStatusesResource {
  const routePath = `/${toRoute(collection.navigation, ANY_KEY, ROUTE_ENDS[kind])}`;
  return { kind, versionPrefix, collection, id: '', property: '', routePath };
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

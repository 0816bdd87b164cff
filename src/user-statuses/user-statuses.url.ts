/**
 * Which collection or entity a URL names, and the URL of each:
 *
 *     deviceManagement/deviceConfigurations/{key}[/{cast}][/{navigation}]/userStatuses[/{key}]
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

export const DEVICE_MANAGEMENT = 'deviceManagement';
const DEVICE_CONFIGURATIONS = 'deviceConfigurations';
const USER_STATUSES = 'userStatuses';

/** A collection of user statuses, or one entity of it. */
export interface UserStatusesResource extends Resource {
  kind: 'userStatuses';
  collection: Collection;
  /** The entity's key; `undefined` for the collection itself. */
  id: string | undefined;
}

/** The routes of the collections, one for each navigation; the entities' have `/:id` behind them. */
export const COLLECTION_ROUTES = NAVIGATIONS.map((navigation) =>
  toRoute(navigation, ':deviceConfigurationId'),
);

function toRoute(navigation: Navigation, deviceConfigurationId: string): string {
  return [
    DEVICE_MANAGEMENT,
    DEVICE_CONFIGURATIONS,
    deviceConfigurationId,
    ...navigation.segments,
    USER_STATUSES,
  ].join('/');
}

/** Returns `undefined` for a path that names something else; throws for a key that is malformed. */
export function findUserStatuses(path: ResourcePath): UserStatusesResource | undefined {
  const { segments, versionPrefix } = path;
  if (!isNamed(segments[0], DEVICE_MANAGEMENT)) return undefined;
  const parent = readCollection(segments, 1, DEVICE_CONFIGURATIONS);
  if (parent?.key === undefined) return undefined;

  const start = isTypeCast(segments[parent.next]) ? parent.next + 1 : parent.next;
  for (const navigation of NAVIGATIONS) {
    const isTaken = navigation.segments.every((name, i) => isNamed(segments[start + i], name));
    if (!isTaken) continue;
    const step = readCollection(segments, start + navigation.segments.length, USER_STATUSES);
    if (step?.next !== segments.length) continue;

    const collection = { deviceConfigurationId: parent.key, navigation };
    requireParentKey(parent.key);
    const routePath = `/${toRoute(navigation, encodeURIComponent(parent.key))}`;
    const { key: id } = step;
    const kind = 'userStatuses';
    if (id === undefined) return { kind, versionPrefix, routePath, collection, id };
    if (!isEntityKey(id)) throw noSuchUserStatus(id);
    return {
      kind,
      versionPrefix,
      routePath: `${routePath}/${encodeURIComponent(id)}`,
      collection,
      id,
    };
  }
  return undefined;
}

/** The path of a collection under the version root, as in `@odata.context`. */
export function toCollectionPath({ deviceConfigurationId, navigation }: Collection): string {
  const parent = `${DEVICE_CONFIGURATIONS}${toKeyPredicate(deviceConfigurationId)}`;
  return [DEVICE_MANAGEMENT, parent, ...navigation.segments, USER_STATUSES].join('/');
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

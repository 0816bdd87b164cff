import { DEVICE_MANAGEMENT } from '../entity-sets/entity-set.url.js';
import { isNamed, type Resource, type ResourcePath } from '../odata/protocol/resource-path.js';

export const SERVICE_DOCUMENT = 'serviceDocument';
export const METADATA = '$metadata';
export const SINGLETON = DEVICE_MANAGEMENT;

/**
 * The service document is at the root of each version; below it are `$metadata` and the singleton.
 */
export function findMetadata({ segments, versionPrefix }: ResourcePath): Resource | undefined {
  if (segments.length === 0) return { kind: SERVICE_DOCUMENT, versionPrefix, routePath: '/' };
  if (segments.length > 1) return undefined;
  const kind = [METADATA, SINGLETON].find((name) => isNamed(segments[0], name));
  return kind === undefined ? undefined : { kind, versionPrefix, routePath: `/${kind}` };
}

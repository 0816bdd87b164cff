import { isNamed, type Resource, type ResourcePath } from '../odata/protocol/resource-path.js';

export const SERVICE_DOCUMENT = 'serviceDocument';
export const METADATA = '$metadata';

/** The service document is at the root of each version, `$metadata` below it. */
export function findMetadata({ segments, versionPrefix }: ResourcePath): Resource | undefined {
  if (segments.length === 0) return { kind: SERVICE_DOCUMENT, versionPrefix, routePath: '/' };
  if (segments.length > 1 || !isNamed(segments[0], METADATA)) return undefined;
  return { kind: METADATA, versionPrefix, routePath: `/${METADATA}` };
}

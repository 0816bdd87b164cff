import { isNamed, type Resource, type ResourcePath } from '../odata/protocol/resource-path.js';

export const BATCH = '$batch';

/** `$batch` below each version prefix. */
export function findBatch({ segments, versionPrefix }: ResourcePath): Resource | undefined {
  if (segments.length !== 1 || !isNamed(segments[0], BATCH)) return undefined;
  return { kind: BATCH, versionPrefix, routePath: `/${BATCH}` };
}

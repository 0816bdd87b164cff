import { findBatch } from './batch/batch.url.js';
import { createResourceFinder } from './operations/resource-finder.js';
import { findMetadata } from './metadata/metadata.url.js';
import type { Resource, ResourcePath } from './odata/protocol/resource-path.js';
import { ENTITY_SETS } from './model.js';
import { createCollectionTest, createEntitySetFinder } from './entity-sets/entity-set.url.js';

/** What each feature knows of the paths; the first that knows one has it. */
const FINDERS: readonly ((path: ResourcePath) => Resource | undefined)[] = [
  createEntitySetFinder(ENTITY_SETS),
  findMetadata,
  findBatch,
];

/**
 * The resource that a path names; `undefined` where no feature has it. Throws for a path that is
 * malformed.
 */
export const findResource = createResourceFinder(findInFeatures, createCollectionTest(ENTITY_SETS));

function findInFeatures(path: ResourcePath): Resource | undefined {
  for (const find of FINDERS) {
    const resource = find(path);
    if (resource !== undefined) return resource;
  }
  return undefined;
}

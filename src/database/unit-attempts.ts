import { GraphError } from '../errors/graph-error.js';
import type { StoredRow } from './table.js';
import type { CommittedResult } from './unit-plan.js';
import type { Result } from './write.js';

/** How often a unit is decided anew, because another process changed its rows meanwhile. */
const MAX_ATTEMPTS = 20;

/** `attempt` decides on a unit and commits it, as often as others change its rows meanwhile. */
export async function untilDecided(
  attempt: () => Promise<readonly CommittedResult[]>,
): Promise<readonly Result<StoredRow>[]> {
  for (let attempts = 1; attempts <= MAX_ATTEMPTS; attempts += 1) {
    const results = await attempt();
    if (isDecided(results)) return results;
  }
  throw changedByOthers();
}

function isDecided(results: readonly CommittedResult[]): results is Result<StoredRow>[] {
  return results.every(({ kind }) => kind !== 'stale');
}

function changedByOthers(): GraphError {
  return new GraphError(
    'ServiceUnavailable',
    'The entity is changed by others all the time. Nothing was stored; try again shortly.',
    { headers: { 'Retry-After': '1' } },
  );
}

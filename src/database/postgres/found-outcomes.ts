/**
 * What became of mutations whose attempt was lost, when they could not be made once more. The rows
 * tell: no other write has the same revision and the same content.
 */
import type pg from 'pg';

import type { MutationOutcome, MutationRefusal } from '../mutation.js';
import type { StoredRow } from '../table.js';
import type { Member } from '../write.js';
import { outcomeUnknown, toDatabaseError } from './driver-errors.js';
import { groupBy } from './group-by.js';
import { rowOf, type Placed } from './postgres-table.js';
import { watchReplication, type Run } from './mutation-commit.js';
import { findByKey } from './row-finder.js';

/** Whether a mutation was made by the lost attempt. */
type Verdict = 'made' | 'not made' | 'unknown';

/** Of mutations that were attempted together, but each for itself. */
export async function findOutcomes(
  client: pg.ClientBase,
  run: Run,
  outcomes: readonly MutationOutcome[],
): Promise<(MutationOutcome | MutationRefusal)[]> {
  const failed = run.filter((_, i) => outcomes[i] !== 'written');
  if (failed.length === 0) return [...outcomes];
  const rows = await findRowsOf(client, failed);
  const verdicts = new Map(failed.map((placed) => [placed, judge(placed, rows.get(placed))]));
  const made = failed.filter((placed) => verdicts.get(placed) === 'made');
  await confirm(client, made);
  return run.map((placed, i) => toOutcome(verdicts.get(placed), outcomes[i]!));
}

/** Of mutations that were to be made all together: where one was made, all were. */
export async function findUnitOutcomes(
  client: pg.ClientBase,
  mutations: readonly Placed[],
  outcomes: readonly MutationOutcome[],
): Promise<MutationOutcome[]> {
  if (outcomes.every((outcome) => outcome === 'written')) return [...outcomes];
  // The last of a row is what can be seen of it.
  const last = [...new Map(mutations.map((placed) => [keyOf(placed), placed])).values()];
  const rows = await findRowsOf(client, last);
  const verdict = judgeUnit(last, rows);
  if (verdict === 'unknown') throw outcomeUnknown();
  if (verdict === 'not made') return [...outcomes];
  await confirm(client, mutations);
  return mutations.map(() => 'written');
}

function judge({ table, mutation }: Placed, row: Member<StoredRow> | undefined): Verdict {
  const stored = rowOf(mutation);
  if (stored === undefined) return row === undefined ? 'made' : 'unknown';
  if (row === undefined) return 'unknown';
  if (table.isSame(row, stored)) return 'made';
  // Revisions grow: what is made of ours has a later one.
  return row.revision < stored.revision ? 'not made' : 'unknown';
}

function judgeUnit(last: readonly Placed[], rows: ReadonlyMap<Placed, Member<StoredRow>>): Verdict {
  const stored = last.filter(({ mutation }) => rowOf(mutation) !== undefined);
  // That a row is not there may be the work of others, if anything tells more.
  const telling = stored.length > 0 ? stored : last;
  const verdicts = telling.map((placed) => judge(placed, rows.get(placed)));
  if (stored.length === 0) return verdicts.every((each) => each === 'made') ? 'made' : 'unknown';
  return verdicts.find((verdict) => verdict !== 'unknown') ?? 'unknown';
}

function toOutcome(
  verdict: Verdict | undefined,
  outcome: MutationOutcome,
): MutationOutcome | MutationRefusal {
  if (verdict === 'made') return 'written';
  if (verdict !== 'unknown') return outcome;
  return { kind: 'refused', reason: toDatabaseError(outcomeUnknown()) };
}

async function findRowsOf(
  client: pg.ClientBase,
  mutations: readonly Placed[],
): Promise<Map<Placed, Member<StoredRow>>> {
  const found = new Map<Placed, Member<StoredRow>>();
  for (const [table, ofTable] of groupBy(mutations, (placed) => placed.table)) {
    const rows = await findByKey(client, table, ofTable);
    ofTable.forEach((placed, i) => {
      const row = rows[i];
      if (row !== undefined) found.set(placed, row);
    });
  }
  return found;
}

/**
 * What can be seen may not be on the standbys yet, if the server was told not to wait for them.
 * A commit waits for all commits before it.
 */
async function confirm(client: pg.ClientBase, made: readonly Placed[]): Promise<void> {
  for (const [{ numbers }, ofTable] of groupBy(made, ({ table }) => table)) {
    const collections = ofTable.map(({ collection }) => collection);
    await watchReplication(client, () => numbers.lock(client, collections));
  }
}

function keyOf({ table, collection, id }: Placed): string {
  return JSON.stringify([table.name, collection, id]);
}

/** One attempt to commit mutations on one connection. */
import type pg from 'pg';

import type { Mutation, MutationOutcome } from '../mutation.js';
import { NOT_REPLICATED } from './driver-errors.js';
import { groupBy } from './group-by.js';
import { runNamed } from './named-statement.js';
import type { Placed } from './postgres-table.js';

/** Mutations of one table and one kind, each of another row: one statement carries them out. */
export type Run = readonly Placed[];

/** Commits a run by itself. One that cannot be made leaves the others alone. */
export function commitRun(
  client: pg.ClientBase,
  bucket: number,
  run: Run,
): Promise<MutationOutcome[]> {
  return watchReplication(client, () => execute(client, bucket, run));
}

/** Commits mutations in their order, all of them or none. */
export async function commitTogether(
  client: pg.ClientBase,
  bucket: number,
  mutations: readonly Placed[],
): Promise<MutationOutcome[]> {
  await client.query('BEGIN');
  await lockAll(client, mutations);
  for (const run of toRuns(mutations)) {
    const outcomes = await execute(client, bucket, run);
    const failed = outcomes.findIndex((outcome) => outcome !== 'written');
    if (failed === -1) continue;
    await client.query('ROLLBACK');
    return mutations.map((each) => (each === run[failed] ? outcomes[failed]! : 'undone'));
  }
  await watchReplication(client, () => commit(client));
  return mutations.map(() => 'written');
}

/** By table and kind; of a row there is one mutation at the most. */
export function toRunsByKind(mutations: readonly Mutation[]): Mutation[][] {
  const byTable = groupBy(mutations, ({ table }) => table);
  return [...byTable.values()].flatMap((ofTable) => [
    ...groupBy(ofTable, ({ kind }) => kind).values(),
  ]);
}

/** In their order, as many together as one statement can carry out. */
function toRuns(mutations: readonly Placed[]): Run[] {
  const runs: Placed[][] = [];
  let keys = new Set<string>();
  for (const placed of mutations) {
    const key = keyOf(placed.collection, placed.id);
    const first = runs.at(-1)?.[0];
    const isAlike = first?.table === placed.table && first.mutation.kind === placed.mutation.kind;
    if (isAlike && !keys.has(key)) {
      runs.at(-1)!.push(placed);
    } else {
      runs.push([placed]);
      keys = new Set();
    }
    keys.add(key);
  }
  return runs;
}

/**
 * In one order, whatever the order of the mutations: of two that change the same rows, one waits
 * for the other, and neither for both.
 */
async function lockAll(client: pg.ClientBase, mutations: readonly Placed[]): Promise<void> {
  const stored = mutations.filter(({ mutation }) => mutation.kind !== 'insert');
  if (stored.length < 2) return;
  const tables = [...groupBy(stored, ({ table }) => table)];
  tables.sort(([one], [other]) => (one.name < other.name ? -1 : 1));
  for (const [table, ofTable] of tables) {
    await runNamed(client, table.statements.lock, table.toKeyColumns(ofTable));
  }
}

async function execute(
  client: pg.ClientBase,
  bucket: number,
  run: Run,
): Promise<MutationOutcome[]> {
  const { table, mutation } = run[0]!;
  // All writers in one order: of two that insert the same rows, one waits for the other.
  const ordered = [...run].sort(
    (one, other) => one.collection - other.collection || (one.id < other.id ? -1 : 1),
  );
  const statement = table.statements[mutation.kind];
  const rows = await runNamed(client, statement, table.toParameters(ordered, bucket));
  const written = new Set(
    rows.map(([collection, id]) => keyOf(collection as number, id as string)),
  );
  const otherwise = mutation.kind === 'insert' ? 'duplicate' : 'stale';
  return run.map(({ collection, id }) =>
    written.has(keyOf(collection, id)) ? 'written' : otherwise,
  );
}

function keyOf(collection: number, id: string): string {
  return `${String(collection)} ${id}`;
}

/** COMMIT of a transaction that has failed succeeds, and says in one word that it did not. */
async function commit(client: pg.ClientBase): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command === 'COMMIT') return;
  throw Object.assign(new Error(`COMMIT was answered ${command}`), { code: '40000' });
}

interface Notice {
  message?: string | undefined;
  /** The server's function that says it. */
  routine?: string | undefined;
}

/** What warns of it. The code is that of any warning, and the words are of any language. */
const WAITING_ROUTINE = 'SyncRepWaitForLSN';

/**
 * Throws where the server no longer waited for its standbys to have a commit, which it says in a
 * warning beside success. The commit is lost with the server then.
 */
export async function watchReplication<T>(
  client: pg.ClientBase,
  commit: () => Promise<T>,
): Promise<T> {
  let warning: string | undefined;
  const note = ({ message = '', routine }: Notice): void => {
    if (routine === WAITING_ROUTINE) warning = message;
  };
  client.on('notice', note);
  try {
    const result = await commit();
    if (warning === undefined) return result;
  } finally {
    client.off('notice', note);
  }
  throw Object.assign(new Error(warning), { code: NOT_REPLICATED });
}

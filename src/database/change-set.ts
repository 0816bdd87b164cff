/**
 * Writes of several requests as one unit (OData 4.01 Protocol, 11.7.7.4). Each request is handled
 * as it would be alone; its write is held back until all of them have come to theirs, or have ended
 * without one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { GraphError } from '../errors/graph-error.js';

/** Stores writes in one transaction, all of them or none, and says how each fared. */
type Commit<Write, Outcome> = (writes: readonly Write[]) => Promise<readonly Outcome[]>;

interface Staged {
  /** The place of its request in the change set. */
  place: number;
  write: unknown;
  commit: Commit<unknown, unknown>;
  resolve: (outcome: unknown) => void;
  reject: (error: unknown) => void;
}

type Stage = (write: unknown, commit: Commit<unknown, unknown>) => Promise<unknown>;

/** Where the request that is being handled belongs to a change set. */
const stageOf = new AsyncLocalStorage<Stage>();

/** How many change sets are being handled. */
let open = 0;

/** Commits a write by itself, or together with the others of its change set. */
export function commitWrite<Write, Outcome>(
  write: Write,
  commit: Commit<Write, Outcome>,
): Promise<Outcome> {
  const stage = open === 0 ? undefined : stageOf.getStore();
  if (stage === undefined) return commit([write]).then(([outcome]) => outcome!);
  return stage(write, commit as Commit<unknown, unknown>) as Promise<Outcome>;
}

/**
 * Runs requests as one change set, whose writes are made in the order of the requests. Where one
 * fails, nothing of any is stored, and the others fail with `FailedDependency`.
 */
export async function runChangeSet<T>(
  requests: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  open += 1;
  try {
    return await runTogether(requests);
  } finally {
    open -= 1;
    // While a store can be asked for, Node watches every promise of the process.
    if (open === 0) stageOf.disable();
  }
}

function runTogether<T>(
  requests: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  const staged: Staged[] = [];
  let awaited = requests.length;
  let hasFailed = false;

  function arrive(): void {
    awaited -= 1;
    if (awaited > 0) return;
    void conclude(
      staged.sort((one, other) => one.place - other.place),
      hasFailed,
    );
  }

  async function handle(request: () => Promise<T>, place: number): Promise<T> {
    const member = { hasArrived: false };
    const stage: Stage = (write, commit) =>
      new Promise((resolve, reject) => {
        if (member.hasArrived) throw new Error('a request of a change set writes once');
        member.hasArrived = true;
        staged.push({ place, write, commit, resolve, reject });
        arrive();
      });
    try {
      return await stageOf.run(stage, request);
    } catch (error) {
      // Too late where the change set is committed already; else nothing of it is stored.
      hasFailed = true;
      throw error;
    } finally {
      if (!member.hasArrived) arrive();
    }
  }

  return Promise.allSettled(requests.map(handle));
}

async function conclude(staged: readonly Staged[], hasFailed: boolean): Promise<void> {
  const [first] = staged;
  if (first === undefined) return;
  if (hasFailed) {
    for (const { reject } of staged) reject(changeSetUndone());
    return;
  }
  try {
    const outcomes = await first.commit(staged.map(({ write }) => write));
    staged.forEach(({ resolve }, i) => {
      resolve(outcomes[i]);
    });
  } catch (error) {
    for (const { reject } of staged) reject(error);
  }
}

/** Why a write of a change set was not stored although nothing is wrong with it. */
export function changeSetUndone(): GraphError {
  return new GraphError(
    'FailedDependency',
    'Another request of the change set failed: nothing of it was stored.',
  );
}

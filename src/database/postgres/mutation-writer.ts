import { setTimeout } from 'node:timers/promises';

import type pg from 'pg';

import { serviceBusy } from '../../scheduling/overload.js';
import type { Mutation, MutationOutcome, MutationRefusal } from '../mutation.js';
import type { Connections } from './connections.js';
import {
  AwayError,
  isAgain,
  isAway,
  isDoubtful,
  isLocked,
  isLost,
  isPoison,
  outcomeUnknown,
  toDatabaseError,
} from './driver-errors.js';
import { endBackend, type LostCommit } from './lost-commit.js';
import { commitRun, commitTogether, toRunsByKind } from './mutation-commit.js';
import { findOutcomes, findUnitOutcomes } from './found-outcomes.js';
import { placeAll } from './placing.js';

const FIRST_PAUSE_MS = 10;
const MAX_PAUSE_MS = 320;

/** Commits mutations, as often as it takes and until a time is over. */
export class MutationWriter {
  constructor(private readonly connections: Connections) {}

  /** Each for itself; of a row there is one at the most. `endsAt` is a time of `performance`. */
  async commitEach(
    mutations: readonly Mutation[],
    endsAt: number,
  ): Promise<(MutationOutcome | MutationRefusal)[]> {
    const outcomes = new Map<Mutation, MutationOutcome | MutationRefusal>();
    for (const run of toRunsByKind(mutations)) {
      const ofRun = await this.settle(run, endsAt);
      run.forEach((mutation, i) => outcomes.set(mutation, ofRun[i]!));
    }
    return mutations.map((mutation) => outcomes.get(mutation)!);
  }

  /** All of them or none, in their order. Throws where that cannot be, or is not known. */
  commitTogether(mutations: readonly Mutation[], endsAt: number): Promise<MutationOutcome[]> {
    return this.commit(endsAt, isWorthAnother, async (client, bucket, isRerun) => {
      const placed = await placeAll(client, mutations);
      const outcomes = await commitTogether(client, bucket, placed);
      return isRerun ? findUnitOutcomes(client, placed, outcomes) : outcomes;
    });
  }

  /** Asks for what can be asked for again, as often as it takes. No row is written by it. */
  async ask<T>(use: (client: pg.ClientBase) => Promise<T>, endsAt: number): Promise<T> {
    try {
      return await patiently(() => this.connections.onWriter(use), endsAt, isWorthAnother);
    } catch (error) {
      throw isLost(error) && !isAway(error) ? new AwayError(error) : error;
    }
  }

  /** Where one mutation has all fail, the others are made without it. */
  private async settle(
    run: readonly Mutation[],
    endsAt: number,
  ): Promise<(MutationOutcome | MutationRefusal)[]> {
    const isAlone = run.length === 1;
    const isWorth = isAlone ? isWorthAnother : isWorthAnotherForAll;
    try {
      return await this.commit(endsAt, isWorth, async (client, bucket, isRerun) => {
        const placed = await placeAll(client, run);
        const outcomes = await commitRun(client, bucket, placed);
        return isRerun ? findOutcomes(client, placed, outcomes) : outcomes;
      });
    } catch (error) {
      if (isAlone || !isPoison(error)) return run.map(() => toRefusal(error));
      return isLocked(error)
        ? // Once each, so that one that waits for a lock leaves time for the others.
          this.settleApart(toSingles(run), endsAt, 0)
        : this.settleApart(toHalves(run), endsAt, endsAt);
    }
  }

  private async settleApart(
    parts: readonly (readonly Mutation[])[],
    endsAt: number,
    partEndsAt: number,
  ): Promise<(MutationOutcome | MutationRefusal)[]> {
    const outcomes: (MutationOutcome | MutationRefusal)[] = [];
    for (const part of parts) {
      const isLate = performance.now() > endsAt;
      const settled = isLate
        ? part.map(() => toRefusal(serviceBusy()))
        : await this.settle(part, partEndsAt);
      outcomes.push(...settled);
    }
    return outcomes;
  }

  /**
   * An attempt whose answer was lost may have succeeded: the next one, which is told so, has to
   * find out.
   */
  private async commit<T>(
    endsAt: number,
    isWorth: (error: unknown) => boolean,
    attempt: (client: pg.ClientBase, bucket: number, isRerun: boolean) => Promise<T>,
  ): Promise<T> {
    const lost: LostCommit[] = [];
    try {
      return await patiently(
        () =>
          this.connections.onWriter(async (client, bucket) => {
            const since = performance.now();
            try {
              for (const each of lost) await endBackend(client, each);
              return await attempt(client, bucket, lost.length > 0);
            } catch (error) {
              if (isDoubtful(error)) lost.push({ client, since, error });
              throw error;
            }
          }),
        endsAt,
        isWorth,
      );
    } catch (error) {
      throw lost.length === 0 ? error : outcomeUnknown(lost[0]!.error);
    }
  }
}

/** Attempts at least once. */
async function patiently<T>(
  attempt: () => Promise<T>,
  endsAt: number,
  isWorth: (error: unknown) => boolean,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isWorth(error) || performance.now() + pauseMs > endsAt) throw error;
    }
    // Those who met each other do not meet again.
    await setTimeout(pauseMs * (0.5 + Math.random() / 2));
  }
}

function toSingles(run: readonly Mutation[]): Mutation[][] {
  return run.map((mutation) => [mutation]);
}

function toHalves(run: readonly Mutation[]): Mutation[][] {
  const middle = Math.ceil(run.length / 2);
  return [run.slice(0, middle), run.slice(middle)];
}

function isWorthAnother(error: unknown): boolean {
  return isAgain(error) || isLost(error) || isDoubtful(error);
}

/** Not where one row is locked: the others need not wait for it. */
function isWorthAnotherForAll(error: unknown): boolean {
  return isWorthAnother(error) && !isLocked(error);
}

function toRefusal(error: unknown): MutationRefusal {
  return { kind: 'refused', reason: toDatabaseError(error) };
}

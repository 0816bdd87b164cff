/** Creates of two processes of the service on one database, each with half of the connections, against one with all. */
import { installReplica, installService } from '../engines/postgres/installations.js';
import { runLoad, type LoadResult } from '../load.js';
import { type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { describeRates, runRounds, toRatios } from '../rounds.js';
import { CONFIGURATION, withTargets, type Target } from '../target.js';
import { CONNECTIONS } from './creates.js';

export async function measureReplicas(pace: Pace): Promise<Figures> {
  const first = await installService();
  const installations = { first, second: installReplica(first) };
  return withTargets(installations, async (targets) => {
    const { two, one } = await runRounds(
      'replicas',
      {
        two: (seconds) => createOn([targets.first, targets.second], seconds),
        one: (seconds) => createOn([targets.first], seconds),
      },
      pace,
    );
    return {
      replicas: { values: toRatios(two, one, 'perSecond'), detail: describeRates(two, one) },
    };
  });
}

/** Throws where the rows that have come are not as many as were answered for. */
async function createOn(targets: readonly Target[], seconds: number): Promise<LoadResult> {
  const [{ countRows, pathOf, name }] = targets as [Target];
  let before = await countRows();
  let trials = targets.length;
  const onTrialDone = async (): Promise<void> => {
    trials -= 1;
    if (trials === 0) before = await countRows();
  };
  const connections = CONNECTIONS / targets.length;
  const path = pathOf(CONFIGURATION);
  const results = await Promise.all(
    targets.map((target) =>
      runLoad({ target, kind: 'create', connections, seconds, path, onTrialDone }),
    ),
  );
  const stored = (await countRows()) - before;
  const total = toTotal(results);
  if (stored === total.answers) return total;
  throw new Error(`${name}: replicas answered for ${total.answers} rows and stored ${stored}`);
}

/** Of loads that ran at once. */
function toTotal(results: readonly LoadResult[]): LoadResult {
  const sum = (figure: keyof LoadResult): number =>
    results.reduce((total, result) => total + result[figure], 0);
  const most = (figure: keyof LoadResult): number =>
    Math.max(...results.map((result) => result[figure]));
  return {
    answers: sum('answers'),
    failed: 0,
    broken: 0,
    seconds: most('seconds'),
    perSecond: sum('answers') / most('seconds'),
    meanMs: sum('meanMs') / results.length,
    p50Ms: most('p50Ms'),
    p99Ms: most('p99Ms'),
  };
}

/** Creates at 64 connections, of the service and of all that it is measured against. */
import { runCreates } from '../checked-creates.js';
import { type Engine } from '../engines/engine.js';
import { type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { describeRates, describeTimes, runRounds, toRatios, type Contender } from '../rounds.js';
import { CONFIGURATION, withTargets, type BaselineName, type Target } from '../target.js';

export const CONNECTIONS = 64;

export function creates(target: Target, connections = CONNECTIONS): Contender {
  const path = target.pathOf(CONFIGURATION);
  return (seconds) => runCreates({ target, kind: 'create', connections, seconds, path });
}

const AGAINST: Record<BaselineName, keyof Figures> = {
  bare: 'createsAgainstBare',
  ceiling: 'createsAgainstCeiling',
  'indexed-bare': 'createsAgainstIndexedBare',
  'indexed-ceiling': 'createsAgainstIndexedCeiling',
  stock: 'createsAgainstStock',
  cap: 'createsAgainstCap',
};

export async function measureCreates(pace: Pace, engine: Engine): Promise<Figures> {
  const installations = [await engine.installService()];
  for (const name of engine.baselines) installations.push(await engine.installBaseline(name));
  const byName = Object.fromEntries(installations.map((each) => [each.name, each]));
  return withTargets(byName, async (targets) => {
    const contenders = Object.entries(targets).map(([name, each]) => [name, creates(each)]);
    const results = await runRounds('creates', Object.fromEntries(contenders), pace);
    const [service, bare] = [results['service']!, results['bare']!];
    const slow = (of: typeof bare): number[] => of.map(({ p99Ms }) => p99Ms);
    const figures: Figures = {
      slowCreates: {
        values: toRatios(service, bare, 'p99Ms'),
        detail: describeTimes(slow(service), slow(bare)),
      },
    };
    for (const name of engine.baselines) {
      figures[AGAINST[name]] = {
        values: toRatios(service, results[name]!, 'perSecond'),
        detail: describeRates(service, results[name]!),
      };
    }
    return figures;
  });
}

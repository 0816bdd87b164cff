/** Creates at 64 connections, of the service and of all that it is measured against. */
import { runCreates } from '../checked-creates.js';
import { type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { describeRates, describeTimes, runRounds, toRatios, type Contender } from '../rounds.js';
import {
  CONFIGURATION,
  installBaseline,
  installService,
  withTargets,
  type Target,
} from '../target.js';

export const CONNECTIONS = 64;

export function creates(target: Target, connections = CONNECTIONS): Contender {
  const path = target.pathOf(CONFIGURATION);
  return (seconds) => runCreates({ target, kind: 'create', connections, seconds, path });
}

export async function measureCreates(pace: Pace): Promise<Figures> {
  const installations = {
    service: await installService(),
    bare: installBaseline('bare'),
    ceiling: installBaseline('ceiling'),
    stock: installBaseline('stock'),
    cap: installBaseline('cap'),
  };
  return withTargets(installations, async (targets) => {
    const { service, bare, ceiling, stock, cap } = await runRounds(
      'creates',
      {
        service: creates(targets.service),
        bare: creates(targets.bare),
        ceiling: creates(targets.ceiling),
        stock: creates(targets.stock),
        cap: creates(targets.cap),
      },
      pace,
    );
    const against = (other: typeof bare) => ({
      values: toRatios(service, other, 'perSecond'),
      detail: describeRates(service, other),
    });
    const slow = (results: typeof bare): number[] => results.map(({ p99Ms }) => p99Ms);
    return {
      createsAgainstBare: against(bare),
      createsAgainstCeiling: against(ceiling),
      createsAgainstStock: against(stock),
      createsAgainstCap: against(cap),
      slowCreates: {
        values: toRatios(service, bare, 'p99Ms'),
        detail: describeTimes(slow(service), slow(bare)),
      },
    };
  });
}

/** Creates one after the other: nothing can be committed together. */
import { type Engine } from '../engines/engine.js';
import { type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { describeTimes, runRounds, toRatios } from '../rounds.js';
import { withTargets } from '../target.js';
import { creates } from './creates.js';

export async function measureOneConnection(pace: Pace, engine: Engine): Promise<Figures> {
  const installations = {
    service: await engine.installService(),
    bare: await engine.installBaseline('bare'),
  };
  return withTargets(installations, async (targets) => {
    const { service, bare } = await runRounds(
      'one connection',
      { service: creates(targets.service, 1), bare: creates(targets.bare, 1) },
      pace,
    );
    const mean = (results: typeof bare): number[] => results.map(({ meanMs }) => meanMs);
    return {
      oneConnection: {
        values: toRatios(service, bare, 'meanMs'),
        detail: describeTimes(mean(service), mean(bare)),
      },
    };
  });
}

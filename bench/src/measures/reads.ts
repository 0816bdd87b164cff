/** GET of one, by keys at random, and lists of 100, from collections of equal rows. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Engine } from '../engines/engine.js';
import { HttpClient } from '../http-client.js';
import { runLoad } from '../load.js';
import { type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { describeRates, runRounds, toRatios, type Contender } from '../rounds.js';
import { CONFIGURATION, withTargets, type Target } from '../target.js';
import { createBody } from '../user-status-bodies.js';
import { CONNECTIONS } from './creates.js';

export async function measureReads(pace: Pace, engine: Engine): Promise<Figures> {
  const installations = {
    service: await engine.installService(),
    bare: await engine.installBaseline('bare'),
  };
  return withTargets(installations, async (targets) => {
    await fill(targets.service, pace.readRows);
    await fill(targets.bare, pace.readRows);

    const one = await runRounds(
      'GET of one',
      { service: reads(targets.service, 'get'), bare: reads(targets.bare, 'get') },
      pace,
    );
    const list = await runRounds(
      'list of 100',
      { service: reads(targets.service, 'list'), bare: reads(targets.bare, 'list') },
      pace,
    );
    return {
      getOne: {
        values: toRatios(one.service, one.bare, 'perSecond'),
        detail: describeRates(one.service, one.bare),
      },
      list: {
        values: toRatios(list.service, list.bare, 'perSecond'),
        detail: describeRates(list.service, list.bare),
      },
    };
  });
}

function keysFileOf({ program }: Target): string {
  return join(program.folder, 'keys');
}

function reads(target: Target, kind: 'get' | 'list'): Contender {
  const path = target.pathOf(CONFIGURATION);
  const keysFile = keysFileOf(target);
  return (seconds) => runLoad({ target, kind, connections: CONNECTIONS, seconds, path, keysFile });
}

/** Makes the rows, and a file of their paths. */
async function fill(target: Target, rows: number): Promise<void> {
  const client = new HttpClient(target);
  const path = target.pathOf(CONFIGURATION);
  const keys: string[] = [];
  let next = 0;
  async function fillOn(): Promise<void> {
    while (next < rows) {
      next += 1;
      const { id } = await client.post<{ id: string }>(path, createBody(target.firstMember, next));
      keys.push(`${path}/${id}`);
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, fillOn));
  client.close();
  writeFileSync(keysFileOf(target), `${keys.join('\n')}\n`);
}

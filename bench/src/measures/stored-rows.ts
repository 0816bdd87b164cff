/** What a service costs that has long been in use: creates, and memory after them. */
import { runCreates } from '../checked-creates.js';
import { type Engine } from '../engines/engine.js';
import { STORED_COLLECTIONS, type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { readMemory, toMemoryFigure } from '../resident-memory.js';
import { describeRates, runRounds, toRatios, type Contender } from '../rounds.js';
import { withTargets, type Target } from '../target.js';
import { CONNECTIONS } from './creates.js';

const CONFIGURATIONS = 'configuration-{n}';

/** To all of the collections at random. */
function scatteredCreates(target: Target): Contender {
  const path = target.pathOf(CONFIGURATIONS);
  return (seconds) =>
    runCreates({
      target,
      kind: 'create',
      connections: CONNECTIONS,
      seconds,
      path,
      collections: STORED_COLLECTIONS,
    });
}

export async function measureStoredRows(pace: Pace, engine: Engine): Promise<Figures> {
  const { storedRows } = pace;
  const collections = Array.from({ length: STORED_COLLECTIONS }, (_, n) => ({
    configuration: CONFIGURATIONS.replace('{n}', String(n).padStart(4, '0')),
    rows: storedRows / STORED_COLLECTIONS,
  }));
  const installations = {
    many: await engine.installSeeded(`stored-${storedRows}`, collections),
    none: await engine.installService(),
  };
  return withTargets(installations, async (targets) => {
    const { many, none } = await runRounds(
      `creates, ${storedRows.toLocaleString('en')} rows stored or none`,
      { many: scatteredCreates(targets.many), none: scatteredCreates(targets.none) },
      pace,
    );
    const rows = storedRows.toLocaleString('en');
    return {
      storedRows: {
        values: toRatios(many, none, 'perSecond'),
        detail: `${describeRates(many, none)}; ${rows} rows in ${STORED_COLLECTIONS} collections`,
      },
      memoryWithRows: toMemoryFigure(
        readMemory(targets.many.pid),
        `${rows} rows, after the creates above`,
      ),
    };
  });
}

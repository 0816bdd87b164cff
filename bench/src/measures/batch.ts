/** `$batch` of 20 creates, against creates that come singly to the same service. */
import { runCreates } from '../checked-creates.js';
import { type Engine } from '../engines/engine.js';
import { type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { median, runRounds, toRatios } from '../rounds.js';
import { CONFIGURATION, withTargets } from '../target.js';
import { CONNECTIONS, creates } from './creates.js';

const BATCH_REQUESTS = 20;

export async function measureBatch(pace: Pace, engine: Engine): Promise<Figures> {
  const installations = { service: await engine.installService() };
  return withTargets(installations, async ({ service: target }) => {
    // An item's URL is relative to the batch's (OData JSON Format 4.01, 19.1), which has the version.
    const path = target.pathOf(CONFIGURATION).replace('/v1.0', '');
    const { batches, singles } = await runRounds(
      '$batch',
      {
        batches: (seconds) =>
          runCreates({ target, kind: 'batch', connections: CONNECTIONS, seconds, path }),
        singles: creates(target),
      },
      pace,
    );
    const rowsPerSecond = median(batches.map(({ perSecond }) => perSecond)) * BATCH_REQUESTS;
    const singlesPerSecond = median(singles.map(({ perSecond }) => perSecond));
    return {
      batch: {
        values: toRatios(batches, singles, 'perSecond').map((ratio) => ratio * BATCH_REQUESTS),
        detail: `${toCount(rowsPerSecond)} rows/s against ${toCount(singlesPerSecond)}/s`,
      },
    };
  });
}

function toCount(value: number): string {
  return Math.round(value).toLocaleString('en');
}

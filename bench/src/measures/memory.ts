/** Resident memory of a service that has been written to for long. */
import { type Engine } from '../engines/engine.js';
import { type Pace } from '../pace.js';
import { showProgress } from '../progress.js';
import { type Figures } from '../requirements.js';
import { readMemory, toMemoryFigure } from '../resident-memory.js';
import { withTargets } from '../target.js';
import { creates } from './creates.js';

/** After each of these the rows are counted. */
const PART_SECONDS = 60;

export async function measureMemory({ memorySeconds }: Pace, engine: Engine): Promise<Figures> {
  return withTargets({ service: await engine.installService() }, async ({ service }) => {
    const run = creates(service);
    let answers = 0;
    for (let done = 0; done < memorySeconds; done += PART_SECONDS) {
      answers += (await run(Math.min(PART_SECONDS, memorySeconds - done))).answers;
      const resident = readMemory(service.pid)?.residentMb.toFixed(0) ?? '?';
      showProgress(`memory: ${answers.toLocaleString('en')} creates, ${resident} MB`);
    }
    const occasion = `${memorySeconds} s of creates, ${answers.toLocaleString('en')} rows`;
    return { memoryAfterLoad: toMemoryFigure(readMemory(service.pid), occasion) };
  });
}

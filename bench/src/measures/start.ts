/** From the start of the process to the first 201, on a database that is there. */
import { setTimeout } from 'node:timers/promises';

import { type Engine } from '../engines/engine.js';
import { HttpClient } from '../http-client.js';
import { type Pace } from '../pace.js';
import { showProgress } from '../progress.js';
import { type Figures } from '../requirements.js';
import { describeTimes } from '../rounds.js';
import { ServerProcess } from '../server-process.js';
import { CONFIGURATION, startTarget, type Installation } from '../target.js';
import { createBody } from '../user-status-bodies.js';

const RETRY_MS = 2;
const EXISTING_ROWS = 100;

export async function measureStart({ starts }: Pace, engine: Engine): Promise<Figures> {
  const installations = [
    await engine.installService(),
    await engine.installBaseline('bare'),
  ] as const;
  for (const installation of installations) {
    const target = await startTarget(installation);
    const client = new HttpClient(target);
    const path = target.pathOf(CONFIGURATION);
    for (let row = 1; row <= EXISTING_ROWS; row += 1) {
      await client.post(path, createBody(target.firstMember, row));
    }
    client.close();
    await target.stop();
  }

  const [service, bare] = [[], []] as [number[], number[]];
  for (let round = 1; round <= starts; round += 1) {
    service.push(await timeStart(installations[0], round));
    bare.push(await timeStart(installations[1], round));
    showProgress(
      `start ${round} of ${starts}: service ${service.at(-1)!.toFixed(0)} ms, bare ${bare.at(-1)!.toFixed(0)} ms`,
    );
  }
  for (const installation of installations) await installation.remove();
  return {
    start: {
      values: service.map((elapsedMs, round) => elapsedMs / bare[round]!),
      detail: describeTimes(service, bare),
    },
  };
}

async function timeStart(installation: Installation, round: number): Promise<number> {
  const { program, firstMember, name, token, pathOf } = installation;
  const body = createBody(firstMember, EXISTING_ROWS + round);
  const spawned = await ServerProcess.spawn(program);
  const client = new HttpClient({ url: spawned.url, name, token });
  while (!(await isCreated(client, pathOf(CONFIGURATION), body))) {
    spawned.requireRunning();
    await setTimeout(RETRY_MS);
  }
  const elapsedMs = performance.now() - spawned.startedAtMs;
  client.close();
  await spawned.stop();
  return elapsedMs;
}

/** False where nobody listens yet. */
async function isCreated(client: HttpClient, path: string, body: string): Promise<boolean> {
  try {
    await client.post(path, body);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    throw error;
  }
}

/** The service is killed in the middle of everything, again and again, while its clients go on. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { pause, report, sized } from '../support/faults.js';
import { Restarts } from '../support/load/restarts.js';

const ROUNDS = sized(20, 3);
/** From the start of the process until it is ready; other files of the suite run meanwhile. */
const READY_MS = sized(5000, 15_000);

describe('kill -9 of the service under 64 writers', () => {
  let restarts: Restarts;

  beforeEach(async () => {
    restarts = await Restarts.prepare();
  });

  afterEach(() => restarts.close());

  it('loses nothing that was acknowledged, and leaves nothing half-written', async () => {
    const readyMs: number[] = [];

    for (let round = 0; round <= ROUNDS; round += 1) {
      const since = performance.now();
      const service = await restarts.start();
      expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
      readyMs.push(performance.now() - since);
      await restarts.serve(service);
      await pause(200 + 800 * Math.random());
      if (round === ROUNDS) break;
      service.child.kill('SIGKILL');
      await service.finished;
    }
    const { load } = restarts;
    await load.stop();
    const wrong = await restarts.audit();
    report(`${TEST_ENGINE}, ${String(ROUNDS)} kills: ${load.summary()}`, { readyMs });

    expect(wrong).toEqual([]);
    expect(Math.max(...readyMs)).toBeLessThan(READY_MS);
    expect(load.ledger.acknowledged).toBeGreaterThan(ROUNDS * 50);
  }, 180_000);
});

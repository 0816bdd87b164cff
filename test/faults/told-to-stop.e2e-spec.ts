/** The service is told to stop while its clients are at work, and another goes on in its place. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { pause, report, sized } from '../support/faults.js';
import { Restarts } from '../support/load/restarts.js';

const ROUNDS = sized(10, 2);
/** From the signal to the end of the process. */
const EXIT_MS = 10_000;

describe('SIGTERM under 64 writers', () => {
  let restarts: Restarts;

  beforeEach(async () => {
    restarts = await Restarts.prepare({ isOrderly: true });
  });

  afterEach(() => restarts.close());

  it('drops no request that it has begun, and ends in order', async () => {
    const exitMs: number[] = [];
    const codes: (number | null)[] = [];
    let logged = 0;

    for (let round = 0; round < ROUNDS; round += 1) {
      const service = await restarts.start();
      await restarts.serve(service);
      await pause(200 + 600 * Math.random());
      const since = performance.now();
      service.child.kill('SIGTERM');
      const { code, stdout } = await service.finished;
      exitMs.push(performance.now() - since);
      codes.push(code);
      logged += stdout.match(/"msg":"request"/g)?.length ?? 0;
    }
    const { load } = restarts;
    await load.stop();
    const { received } = load;
    await restarts.start();
    const wrong = await restarts.audit();
    report(`${TEST_ENGINE}, ${String(ROUNDS)} SIGTERM: ${load.summary()}`, { exitMs });

    expect(wrong).toEqual([]);
    expect(received).toBe(logged);
    expect(codes).toEqual(Array.from({ length: ROUNDS }, () => 0));
    expect(Math.max(...exitMs)).toBeLessThan(EXIT_MS);
    expect(load.ledger.acknowledged).toBeGreaterThan(ROUNDS * 50);
  }, 180_000);
});

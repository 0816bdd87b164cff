/** The service is killed in the middle of everything, again and again, while its clients go on. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createSend } from '../support/client.js';
import { pause, report, sized } from '../support/faults.js';
import { audit } from '../support/load/audit.js';
import { Load } from '../support/load/load.js';
import { createStorage, type Storage } from '../support/load/storage.js';
import { findFreePort } from '../support/postgres-server.mjs';
import { createToken, startService, type Running } from '../support/run.js';

const ROUNDS = sized(20, 3);
/** From the start of the process until it is ready; other files of the suite run meanwhile. */
const READY_MS = sized(5000, 15_000);

describe('kill -9 of the service under 64 writers', () => {
  let storage: Storage;
  let service: (Running & { url: string }) | undefined;

  beforeEach(async () => {
    storage = await createStorage();
  });

  afterEach(async () => {
    service?.child.kill('SIGKILL');
    await service?.finished;
    await storage.remove();
  });

  it('loses nothing that was acknowledged, and leaves nothing half-written', async () => {
    const env = { ...storage.env, PORT: String(await findFreePort()) };
    const token = await createToken(storage.dataDir);
    const readyMs: number[] = [];
    let load: Load | undefined;

    for (let round = 0; round <= ROUNDS; round += 1) {
      const since = performance.now();
      service = await startService(env);
      expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
      readyMs.push(performance.now() - since);
      load ??= new Load(service.url, { token });
      await load.nextAcknowledged();
      await pause(200 + 800 * Math.random());
      if (round === ROUNDS) break;
      service.child.kill('SIGKILL');
      await service.finished;
    }
    await load!.stop();
    const wrong = await audit(load!.ledger, createSend(service!.url, token), storage.query);
    report(`${TEST_ENGINE}, ${String(ROUNDS)} kills: ${load!.summary()}`, { readyMs });

    expect(wrong).toEqual([]);
    expect(Math.max(...readyMs)).toBeLessThan(READY_MS);
    expect(load!.ledger.acknowledged).toBeGreaterThan(ROUNDS * 50);
  }, 180_000);
});

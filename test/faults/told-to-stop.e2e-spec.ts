/** The service is told to stop while its clients are at work, and another goes on in its place. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createSend } from '../support/client.js';
import { pause, report, sized } from '../support/faults.js';
import { audit } from '../support/load/audit.js';
import { Load } from '../support/load/load.js';
import { createStorage, type Storage } from '../support/load/storage.js';
import { findFreePort } from '../support/postgres-server.mjs';
import { createToken, startService, type Running } from '../support/run.js';

const ROUNDS = sized(10, 2);
/** From the signal to the end of the process. */
const EXIT_MS = 10_000;

describe('SIGTERM under 64 writers', () => {
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

  it('drops no request that it has begun, and ends in order', async () => {
    const env = { ...storage.env, PORT: String(await findFreePort()) };
    const token = await createToken(storage.dataDir);
    const exitMs: number[] = [];
    const codes: (number | null)[] = [];
    let load: Load | undefined;
    let logged = 0;

    for (let round = 0; round < ROUNDS; round += 1) {
      service = await startService(env);
      load ??= new Load(service.url, { token, isOrderly: true });
      await load.nextAcknowledged();
      await pause(200 + 600 * Math.random());
      const since = performance.now();
      service.child.kill('SIGTERM');
      const { code, stdout } = await service.finished;
      exitMs.push(performance.now() - since);
      codes.push(code);
      logged += stdout.match(/"msg":"request"/g)?.length ?? 0;
    }
    await load!.stop();
    const { received } = load!;
    service = await startService(env);
    const wrong = await audit(load!.ledger, createSend(service.url, token), storage.query);
    report(`${TEST_ENGINE}, ${String(ROUNDS)} SIGTERM: ${load!.summary()}`, { exitMs });

    expect(wrong).toEqual([]);
    expect(received).toBe(logged);
    expect(codes).toEqual(Array.from({ length: ROUNDS }, () => 0));
    expect(Math.max(...exitMs)).toBeLessThan(EXIT_MS);
    expect(load!.ledger.acknowledged).toBeGreaterThan(ROUNDS * 50);
  }, 180_000);
});

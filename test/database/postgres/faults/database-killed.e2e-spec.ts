/** The database server is killed under load, and comes back; the service is not started again. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { IS_FULL, pause, report, sized } from '../../../support/faults.js';
import { startScene, type Scene } from '../../../support/load/scene.js';
import { storageOn } from '../../../support/load/storage.js';
import { query, startPostgres, type PostgresServer } from '../../../support/postgres.js';

/** How long the server is away, each time: for a moment, and for longer than writes are kept. */
const AWAY_MS = IS_FULL ? [500, 8000, 1000, 8000, 2000] : [6500];
/** From its return to the first write that is stored, and to the last request that is refused. */
const BACK_MS = sized(5000, 15_000);
/** No answer takes longer, whatever is away. */
const ANSWER_MS = sized(10_000, 20_000);

let server: PostgresServer;
let scene: Scene;

beforeEach(async () => {
  server = await startPostgres({ fsync: true });
  const { url } = server;
  scene = await startScene(await storageOn(url, (text) => query(url, text)));
});

afterEach(async () => {
  await scene.close();
  await server.close();
});

describe('kill -9 of the database server under 64 writers', () => {
  it('is told as 503, and over when the server is back, with nothing lost or twice', async () => {
    const { send, load } = scene;
    const servedMs: number[] = [];
    const refusedMs: number[] = [];
    const health: number[][] = [];

    for (const awayMs of AWAY_MS) {
      await load.nextAcknowledged();
      await pause(1000);
      await server.kill9();
      await pause(awayMs / 2);
      const answers = ['live', 'ready'].map((what) => send('GET', `/health/${what}`));
      health.push((await Promise.all(answers)).map(({ status }) => status));
      await pause(awayMs / 2);
      await server.start();
      const backAt = performance.now();
      await load.nextAcknowledged();
      servedMs.push(performance.now() - backAt);
      await pause(2000);
      refusedMs.push(Math.max(0, load.lastFailedAt - backAt));
    }
    const ready = await send('GET', '/health/ready');
    const wrong = await scene.finish();
    report(`kills of the server: ${load.summary()}`, { servedMs, refusedMs });

    expect(wrong).toEqual([]);
    expect(health).toEqual(AWAY_MS.map(() => [200, 503]));
    expect(ready.status).toBe(200);
    expect(load.answers.get('POST 503')).toBeGreaterThan(0);
    expect(load.lost).toEqual([]);
    expect(Math.max(...load.slowestMs.values())).toBeLessThan(ANSWER_MS);
    expect(Math.max(...servedMs, ...refusedMs)).toBeLessThan(BACK_MS);
  }, 180_000);
});

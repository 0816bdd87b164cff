/** The network between the service and the database is cut under load: nothing is reset, and nothing arrives. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { pause, report, sized } from '../../../support/faults.js';
import { startScene, type Scene } from '../../../support/load/scene.js';
import { storageOn } from '../../../support/load/storage.js';
import { Network } from '../../../support/network.js';
import { query, startPostgres, type PostgresServer } from '../../../support/postgres.js';

const CUT_MS = sized(10_000, 6500);
/** What was on its way arrives so long after new connections do. */
const LATE_MS = sized(3000, 1000);
const BACK_MS = sized(5000, 15_000);
/**
 * No answer takes longer. A write waits for its turn, or is tried again, for five seconds at most;
 * then an attempt ends, with a new connection and a statement, within seven. A row is read within
 * five, whatever is before it; a list within its timeout, which is a second here, and what finding
 * the collection takes. A batch waits for its turn for five seconds more.
 */
const ANSWER_MS = { write: 12_000, batch: 17_000, GET: 5000, list: 4500 };
/** What a machine takes that has other files to run. */
const SLACK_MS = sized(500, 8000);

let server: PostgresServer;
let network: Network;
let scene: Scene;

beforeEach(async () => {
  server = await startPostgres({ fsync: true });
  network = await Network.to(server.port);
  const url = server.url.replace(`:${String(server.port)}`, `:${String(network.port)}`);
  scene = await startScene(await storageOn(url, (text) => query(server.url, text)));
});

afterEach(async () => {
  await scene.close();
  network.close();
  await server.close();
});

describe('a network that is cut without a reset, under 64 writers', () => {
  it('holds up nobody for longer than the timeouts, and is over when it is back', async () => {
    const { send, load } = scene;
    await load.nextAcknowledged();
    await pause(1000);
    network.cut();
    await pause(CUT_MS / 2);
    const answers = ['live', 'ready'].map((what) => send('GET', `/health/${what}`));
    const health = (await Promise.all(answers)).map(({ status }) => status);
    await pause(CUT_MS / 2);
    const mended = network.mend(LATE_MS);
    const backAt = performance.now();
    await load.nextAcknowledged();
    const servedMs = performance.now() - backAt;
    await mended;
    await pause(1000);
    const refusedMs = Math.max(0, load.lastFailedAt - backAt);
    const wrong = await scene.finish();
    report(`network: ${load.summary()}, slowest ${JSON.stringify([...load.slowestMs])}`, {
      servedMs: [servedMs],
      refusedMs: [refusedMs],
    });

    expect(wrong).toEqual([]);
    expect(health).toEqual([200, 503]);
    expect([...load.answers.keys()]).toContainEqual(expect.stringMatching(/^[A-Z]{4,} 503$/));
    expect(load.lost).toEqual([]);
    for (const [kind, slowestMs] of load.slowestMs) {
      const boundMs = kind in ANSWER_MS ? ANSWER_MS[kind as 'GET'] : ANSWER_MS.write;
      expect([kind, slowestMs < boundMs + SLACK_MS]).toEqual([kind, true]);
    }
    expect(Math.max(servedMs, refusedMs)).toBeLessThan(BACK_MS);
  }, 120_000);
});

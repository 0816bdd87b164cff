/** The primary of a cluster is killed under load, and a standby takes its place. */
import { afterEach, describe, expect, it } from '@jest/globals';

import { pause, report, sized } from '../../../support/faults.js';
import { startScene, type Scene } from '../../../support/load/scene.js';
import { storageOn } from '../../../support/load/storage.js';
import { PostgresCluster, type ClusterOptions } from '../../../support/postgres-cluster.js';

const LOAD_MS = sized(5000, 1000);
/** Until somebody, or a program, has seen that the primary is gone. */
const NOTICED_MS = sized(2000, 500);
/** From the promotion to the first write that is stored, and to the last request that is refused. */
const BACK_MS = sized(5000, 15_000);

let cluster: PostgresCluster;
let scene: Scene;

async function start(options: ClusterOptions): Promise<void> {
  cluster = await PostgresCluster.start(options);
  scene = await startScene(await storageOn(cluster.url, (text) => cluster.query(text)));
  await scene.load.nextAcknowledged();
  await pause(LOAD_MS);
}

/** The primary is killed, and a standby takes its place; how long it takes to be served again. */
async function failOver(): Promise<{ servedMs: number; refusedMs: number }> {
  await cluster.killPrimary();
  await pause(NOTICED_MS);
  await cluster.promote();
  const backAt = performance.now();
  await scene.load.nextAcknowledged();
  const servedMs = performance.now() - backAt;
  await pause(LOAD_MS);
  return { servedMs, refusedMs: Math.max(0, scene.load.lastFailedAt - backAt) };
}

afterEach(async () => {
  await scene.close();
  await cluster.close();
});

describe('kill -9 of the primary under 64 writers', () => {
  it('loses nothing that was acknowledged where a standby had to have it', async () => {
    await start({ standbys: 2, isSynchronous: true });
    const { servedMs, refusedMs } = await failOver();
    const wrong = await scene.finish();
    report(`failover: ${scene.load.summary()}`, { servedMs: [servedMs], refusedMs: [refusedMs] });

    expect(wrong).toEqual([]);
    expect(scene.load.lost).toEqual([]);
    expect(Math.max(servedMs, refusedMs)).toBeLessThan(BACK_MS);
  }, 120_000);

  it('loses some where no standby had to have it, and is found out', async () => {
    await start({ standbys: 1, isSynchronous: false });
    await cluster.stopReceivers();
    await pause(LOAD_MS);
    await failOver();
    const wrong = await scene.finish();
    report(`failover, not synchronous: ${String(wrong.length)} wrong`);

    expect(wrong.filter((what) => what.includes('was acknowledged')).length).toBeGreaterThan(10);
  }, 120_000);
});

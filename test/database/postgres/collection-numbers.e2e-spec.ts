/** What a service knows of collections is true of the server that it is connected to. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { PostgresCluster } from '../../support/postgres-cluster.js';
import { toRow, UserStatusStore } from '../../support/user-status-store.js';

const COPIED = { deviceConfigurationId: 'copied', navigation: 0 };
const LOST = { deviceConfigurationId: 'lost', navigation: 0 };
const READ = { deviceConfigurationId: 'read', navigation: 0 };

describe('a collection that a standby did not have when it took over', () => {
  let cluster: PostgresCluster;
  let store: UserStatusStore;
  let other: UserStatusStore;

  beforeAll(async () => {
    cluster = await PostgresCluster.start({ standbys: 1, isSynchronous: false });
    store = await UserStatusStore.open(cluster.url);
    await store.insert(toRow('before'), COPIED);
    await cluster.stopReceivers();
    for (const collection of [LOST, READ]) await store.insert(toRow('before'), collection);
    await store.find('before', READ);
    await cluster.killPrimary();
    await cluster.promote();
    other = await UserStatusStore.open(cluster.url);
  });

  afterAll(async () => {
    await store.close();
    await other.close();
    await cluster.close();
  });

  it('is made anew by whoever knew it, and all find what is written to it', async () => {
    await store.insert(toRow('after'), LOST);

    expect(await other.find('after', LOST)).toMatchObject({ id: 'after' });
    expect(await other.insert(toRow('after'), LOST)).toEqual({ kind: 'duplicate' });
  });

  it('is read as another has made it anew', async () => {
    await other.insert(toRow('after'), READ);

    expect(await store.find('before', READ)).toBeUndefined();
    expect(await store.find('after', READ)).toMatchObject({ id: 'after' });
  });
});

/** Change sets: a transaction each, of which all is stored or nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { runChangeSet } from '../../../src/database/change-set.js';
import type { Outcome } from '../../../src/database/write.js';
import type { UserStatus } from '../../../src/user-statuses/model/user-status.entity.js';
import { openHinderedStore, type HinderedStore } from '../../support/hindered-store.js';
import { query } from '../../support/postgres.js';
import type { StatementProxy } from '../../support/statement-proxy.js';
import { toRow, type UserStatusStore } from '../../support/user-status-store.js';

type Request = (store: UserStatusStore) => Promise<Outcome<UserStatus>>;

let scene: HinderedStore;
let proxy: StatementProxy;
let store: UserStatusStore;
let other: UserStatusStore;

beforeAll(async () => {
  scene = await openHinderedStore();
  ({ proxy, store, other } = scene);
});

beforeEach(() => scene.reset());

afterAll(() => scene.close());

function insert(id: string): Request {
  return (into) => into.insert(toRow(id, { devicesCount: 1 }));
}

function add(id: string, count: number): Request {
  return (into) =>
    into.update(id, ({ devicesCount }) => ({ devicesCount: devicesCount + count, status: 6 }));
}

function remove(id: string): Request {
  return (from) => from.remove(id);
}

function refuse(id: string): Request {
  return (into) =>
    into.change(id, () => {
      throw new Error('refused');
    });
}

async function run(into: UserStatusStore, requests: readonly Request[]): Promise<string[]> {
  const settled = await runChangeSet(requests.map((request) => () => request(into)));
  return settled.map((each) =>
    each.status === 'fulfilled' ? each.value.kind : (each.reason as Error).message,
  );
}

const UNDONE = 'Another request of the change set failed: nothing of it was stored.';

describe('a change set', () => {
  it.each<[string, Request[], string[], string]>([
    ['new rows', [insert('a'), insert('b')], ['written', 'written'], 'a1 b1 stored1'],
    [
      'every kind of write',
      [insert('a'), add('stored', 4), insert('b'), remove('stored')],
      ['written', 'written', 'written', 'deleted'],
      'a1 b1',
    ],
    [
      'one row time and again',
      [insert('a'), add('a', 1), add('a', 1)],
      ['written', 'written', 'written'],
      'a3 stored1',
    ],
    [
      'a row that goes and comes again',
      [remove('stored'), insert('stored'), add('stored', 8)],
      ['deleted', 'written', 'written'],
      'stored9',
    ],
    ['a row that comes and goes', [insert('a'), remove('a')], ['written', 'deleted'], 'stored1'],
    ['a key that is taken', [insert('a'), insert('stored')], [UNDONE, 'duplicate'], 'stored1'],
    ['a key that it takes itself', [insert('a'), insert('a')], [UNDONE, 'duplicate'], 'stored1'],
    [
      'a refusal',
      [insert('a'), refuse('stored'), remove('stored')],
      [UNDONE, 'refused', UNDONE],
      'stored1',
    ],
  ])('is stored whole or not at all: %s', async (_what, requests, outcomes, rows) => {
    expect(await run(store, requests)).toEqual(outcomes);
    expect(await scene.readRows()).toBe(rows);
    await scene.expectTrueCounts();
  });

  it('is one transaction', async () => {
    await run(store, [insert('a'), add('stored', 1), insert('b'), add('a', 1)]);

    expect(
      await query(scene.url, 'SELECT count(DISTINCT xmin::text)::int AS "n" FROM user_status'),
    ).toEqual([{ n: 1 }]);
  });

  it('is carried out anew where its COMMIT is answered with ROLLBACK', async () => {
    proxy.catch('COMMIT\0', { instead: 'ROLLBACK' });

    expect(await run(store, [insert('a'), add('stored', 1)])).toEqual(['written', 'written']);
    expect(proxy.caught).toBe(1);
    expect(await scene.readRows()).toBe('a1 stored2');
    await scene.expectTrueCounts();
  });

  it('neither fails nor loses anything where two services name the same rows in opposite order', async () => {
    const names = ['x', 'y', 'z'];
    for (const name of names) await store.insert(toRow(name, { devicesCount: 0 }));
    const sets = Array.from({ length: 60 }, (_, i) => {
      const ordered = i % 2 === 0 ? names : [...names].reverse();
      // Kinds by turns, so that it takes several statements.
      const requests = ordered.flatMap((name) => [add(name, 1), insert(`${name}-${String(i)}`)]);
      return run(i % 4 < 2 ? store : other, requests);
    });
    const outcomes = await Promise.all(sets);

    expect(new Set(outcomes.flat())).toEqual(new Set(['written']));
    expect(
      await query(
        scene.url,
        `SELECT DISTINCT devices_count FROM user_status WHERE id IN ('x', 'y', 'z')`,
      ),
    ).toEqual([{ devices_count: 60 }]);
    await scene.expectTrueCounts();
  });
});

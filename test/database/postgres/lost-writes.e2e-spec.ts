/** The connection is lost with a write in its hands: what became of it is found out before anybody is told anything. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { runChangeSet } from '../../../src/database/change-set.js';
import type { Outcome } from '../../../src/database/write.js';
import type { UserStatus } from '../../../src/user-statuses/model/user-status.entity.js';
import { pause } from '../../support/faults.js';
import { openHinderedStore, type HinderedStore } from '../../support/hindered-store.js';
import { query } from '../../support/postgres.js';
import type { Fate, StatementProxy } from '../../support/statement-proxy.js';
import { toRow, type UserStatusStore } from '../../support/user-status-store.js';

/** More often than a write is tried. */
const ALWAYS = 1000;

let scene: HinderedStore;
let proxy: StatementProxy;
/** Through the proxy, and another that is not hindered. */
let store: UserStatusStore;
let other: UserStatusStore;

beforeAll(async () => {
  scene = await openHinderedStore();
  ({ proxy, store, other } = scene);
});

beforeEach(() => scene.reset());

afterEach(() => {
  proxy.catch('');
});

afterAll(() => scene.close());

function insert(id: string): Promise<Outcome<UserStatus>> {
  return store.insert(toRow(id, { devicesCount: 1 }));
}

/** Says as often as it is decided that it is. */
function add(id: string): Promise<Outcome<UserStatus>> {
  return store.update(id, ({ devicesCount }) => ({ devicesCount: devicesCount + 1, status: 6 }));
}

async function outcomeOf(write: Promise<Outcome<UserStatus>>): Promise<string> {
  try {
    return (await write).kind;
  } catch (error) {
    return (error as Error).message;
  }
}

const UNKNOWN =
  'The write was cut short, and whether it is stored is not known. Ask, or try again.';

const STATEMENTS = {
  insert: 'user_status insert',
  update: 'user_status update',
  delete: 'user_status delete',
  collection: 'user_status_collection',
  find: 'user_status find',
};

describe('a write whose connection is lost', () => {
  it.each<[string, ...Fate[]]>([
    ['never arrives', 'lost'],
    ['is done, and the answer never arrives', 'unanswered'],
    ['never arrives three times', 'lost', 'lost', 'lost'],
    ['is done, and three answers never arrive', 'unanswered', 'unanswered', 'unanswered'],
  ])('is made once and told so, where it %s', async (_what, ...fates) => {
    const times = fates.length;
    proxy.catch(STATEMENTS.insert, ...fates);
    expect(await Promise.all([insert('a'), insert('b'), insert('stored')].map(outcomeOf))).toEqual(
      // What was there before is told of as ever: its revision is an older one.
      ['written', 'written', 'duplicate'],
    );
    expect(proxy.caught).toBe(times);

    proxy.catch(STATEMENTS.update, ...fates);
    expect(await Promise.all([add('a'), add('stored')].map(outcomeOf))).toEqual([
      'written',
      'written',
    ]);
    expect(proxy.caught).toBe(times);

    proxy.catch(STATEMENTS.delete, ...fates);
    expect(await Promise.all([store.remove('b'), store.remove('nobody')].map(outcomeOf))).toEqual([
      'deleted',
      'written',
    ]);
    expect(proxy.caught).toBe(times);

    expect(await scene.readRows()).toBe('a2 stored2');
    await scene.expectTrueCounts();
  });

  it.each<[string, Fate, string]>([
    ['its COMMIT never arrives', 'lost', 'COMMIT\0'],
    ['the answer to its COMMIT never arrives', 'unanswered', 'COMMIT\0'],
    ['a statement of it never arrives', 'lost', STATEMENTS.update],
    ['its BEGIN never arrives', 'lost', 'BEGIN\0'],
  ])('is made once where it is a change set, and %s', async (_what, fate, marker) => {
    proxy.catch(marker, fate);
    const settled = await runChangeSet([() => insert('a'), () => add('stored'), () => add('a')]);

    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(proxy.caught).toBe(1);
    expect(await scene.readRows()).toBe('a2 stored2');
    await scene.expectTrueCounts();
  });

  it.each<[string, 'lost' | 'unanswered']>([
    ['never arrives', 'lost'],
    ['is answered, and the answer never arrives', 'unanswered'],
  ])('is made, where what it asks before %s', async (_what, fate) => {
    proxy.catch(STATEMENTS.find, fate);
    const added = await outcomeOf(add('stored'));
    expect(proxy.caught).toBe(1);
    proxy.catch(STATEMENTS.collection, fate);
    const inserted = await store.insert(toRow('a'), { deviceConfigurationId: fate, navigation: 0 });

    expect(proxy.caught).toBe(1);
    expect([added, inserted.kind]).toEqual(['written', 'written']);
    expect(await scene.readRows()).toBe('a1 stored2');
  });

  it.each<['lost' | 'unanswered', string]>([
    ['lost', 'stored1'],
    ['unanswered', 'a1 stored1'],
  ])('is said to be unknown where every connection is lost (%s)', async (fate, rows) => {
    proxy.catch(STATEMENTS.insert, ...new Array<Fate>(ALWAYS).fill(fate));
    const startedAt = performance.now();

    expect(await outcomeOf(insert('a'))).toBe(UNKNOWN);
    expect(performance.now() - startedAt).toBeGreaterThan(4000);
    expect(await scene.readRows()).toBe(rows);
  });

  it('is said to be unknown where others have changed since what may have been it', async () => {
    // The first is done; the next ones only take their time.
    proxy.catch(STATEMENTS.insert, 'unanswered', ...new Array<Fate>(6).fill('lost'));
    const lost = outcomeOf(insert('a'));
    while ((await other.find('a')) === undefined) await pause(1);
    const changed = await outcomeOf(other.update('a', () => ({ devicesCount: 7 })));

    expect([changed, await lost]).toEqual(['written', UNKNOWN]);
    expect(await scene.readRows()).toBe('a7 stored1');
  });

  it('is not made when others have acted upon what was told of it', async () => {
    proxy.catch(STATEMENTS.insert, 'late');
    expect(await outcomeOf(insert('a'))).toBe('written');
    expect(await outcomeOf(other.remove('a'))).toBe('deleted');
    proxy.deliver();
    // What was late has been done by now, if it were.
    await pause(100);

    expect(await other.find('a')).toBeUndefined();
    await scene.expectTrueCounts();
  });

  it.each([
    ['leaves it', 'ROLLBACK', 'written', 'a1 stored1'],
    ['has it', 'COMMIT', 'duplicate', 'a9 stored1'],
  ])('waits for others who are about to take its key, and %s', async (_what, end, kind, rows) => {
    const [row] = await query(scene.url, `SELECT collection_id FROM user_status`);
    const holder = new pg.Client({ connectionString: scene.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(`INSERT INTO user_status SELECT $1, 1, 9, 2, 'a', '', '', NULL, NULL`, [
      row!.collection_id,
    ]);
    const waiting = `
      SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT%'`;
    proxy.catch(STATEMENTS.insert, 'unanswered');
    const inserted = outcomeOf(insert('a'));
    while ((await query(scene.url, waiting)).length === 0) await pause(5);
    // It has reached the server, which is still at it when the connection is lost.
    proxy.cut();
    await pause(200);
    const stillAtIt = await query(scene.url, waiting);
    await holder.query(end);
    await holder.end();

    expect(await inserted).toBe(kind);
    expect(stillAtIt).toHaveLength(1);
    expect(await scene.readRows()).toBe(rows);
  });
});

describe('a row by its key', () => {
  it.each<Fate>(['lost', 'unanswered'])('is read though the connection is %s', async (fate) => {
    proxy.catch(STATEMENTS.find, fate);

    expect(await store.find('stored')).toMatchObject({ id: 'stored', devicesCount: 1 });
    expect(proxy.caught).toBe(1);
  });
});

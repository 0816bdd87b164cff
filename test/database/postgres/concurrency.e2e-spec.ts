/** What others do at the same time: nothing of it is told to a caller, but that it takes too long. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { pause } from '../../support/faults.js';
import { createTestDatabase, query, type CreatedDatabase } from '../../support/postgres.js';
import { toRow, UserStatusStore } from '../../support/user-status-store.js';

let postgres: CreatedDatabase;
let store: UserStatusStore;
/** Somebody else in the database. */
let somebody: pg.Client;

beforeAll(async () => {
  postgres = await createTestDatabase();
  store = await UserStatusStore.open(postgres.url);
});

beforeEach(async () => {
  await query(postgres.url, 'TRUNCATE user_status, user_status_count');
  await Promise.all(['a', 'b', 'c'].map((id) => store.insert(toRow(id, { devicesCount: 0 }))));
  somebody = new pg.Client({ connectionString: postgres.url });
  await somebody.connect();
});

afterEach(async () => {
  await somebody.end();
});

afterAll(async () => {
  await store.close();
  await postgres.drop();
});

async function add(id: string, by = store): Promise<string> {
  try {
    const outcome = await by.update(id, ({ devicesCount }) => ({ devicesCount: devicesCount + 1 }));
    return outcome.kind;
  } catch (error) {
    return (error as Error).message;
  }
}

async function readCounts(): Promise<unknown[]> {
  const rows = await query(postgres.url, 'SELECT devices_count FROM user_status ORDER BY id');
  return rows.map((row) => row.devices_count);
}

/** Resolves when one of the service's statements waits for a lock. */
async function untilItWaits(): Promise<void> {
  const waiting = `
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await query(postgres.url, waiting)).length === 0) await pause(5);
}

async function countDeadlocks(): Promise<number> {
  const [row] = await query(
    postgres.url,
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return row!.deadlocks as number;
}

describe('writes of others', () => {
  it('do not fail those who deadlock with them (40P01)', async () => {
    // The service's own statement is the one that finds it out.
    await somebody.query(`SET deadlock_timeout = '1min'`);
    await somebody.query('BEGIN');
    await somebody.query(`SELECT FROM user_status WHERE id = 'b' FOR UPDATE`);
    const added = Promise.all([add('a'), add('b')]);
    await untilItWaits();
    await somebody.query(`SELECT FROM user_status WHERE id = 'a' FOR UPDATE`);
    await somebody.query('COMMIT');

    expect(await added).toEqual(['written', 'written']);
    expect(await readCounts()).toEqual([1, 1, 0]);
    while ((await countDeadlocks()) === 0) await pause(50);
  });

  it('do not fail those who see an older state (40001)', async () => {
    const { pathname } = new URL(postgres.url);
    await query(
      postgres.url,
      `ALTER DATABASE ${pathname.slice(1)} SET default_transaction_isolation = 'repeatable read'`,
    );
    const strict = await UserStatusStore.open(postgres.url);
    await somebody.query('BEGIN');
    // The revision stays: what was decided is still true, and is to be stored.
    await somebody.query(`UPDATE user_status SET user_display_name = 'x' WHERE id = 'b'`);
    const added = Promise.all([add('a', strict), add('b', strict)]);
    await untilItWaits();
    await somebody.query('COMMIT');
    const outcomes = await added;
    await strict.close();

    expect(outcomes).toEqual(['written', 'written']);
    expect(await readCounts()).toEqual([1, 1, 0]);
  });

  it('hold up those alone who want the same row (55P03)', async () => {
    await somebody.query('BEGIN');
    await somebody.query(`SELECT FROM user_status WHERE id = 'b' FOR UPDATE`);
    const outcomes = await Promise.all(['a', 'b', 'c'].map((id) => add(id)));
    await somebody.query('COMMIT');

    expect(outcomes).toEqual([
      'written',
      'The database is busy. Nothing was stored; try again shortly.',
      'written',
    ]);
    expect(await readCounts()).toEqual([1, 0, 1]);
  });

  it('are seen: what was decided on another state is decided anew', async () => {
    const second = await UserStatusStore.open(postgres.url);
    const rounds = Array.from({ length: 50 }, () => [add('a'), add('a', second)]);
    const outcomes = await Promise.all(rounds.flat());
    await second.close();

    expect(new Set(outcomes)).toEqual(new Set(['written']));
    expect(await readCounts()).toEqual([100, 0, 0]);
  });
});

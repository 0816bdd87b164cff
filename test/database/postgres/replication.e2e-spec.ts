/** A commit that the standbys are to have: when the server is told not to wait for them, it says success all the same. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { pause } from '../../support/faults.js';
import { query, startPostgres, type PostgresServer } from '../../support/postgres.js';
import { toRow, UserStatusStore } from '../../support/user-status-store.js';

let server: PostgresServer;
let store: UserStatusStore;

beforeAll(async () => {
  server = await startPostgres();
  store = await UserStatusStore.open(server.url);
  await store.insert(toRow('first'));
});

beforeEach(async () => {
  await query(server.url, 'TRUNCATE user_status, user_status_count');
});

afterAll(async () => {
  await setStandbys('');
  await store.close();
  await server.close();
});

/** Of the standbys that are to have each commit; there is none that could. */
async function setStandbys(names: string): Promise<void> {
  await query(server.url, `ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
  await query(server.url, 'SELECT pg_reload_conf()');
  while (
    (await query(server.url, 'SHOW synchronous_standby_names'))[0]!.synchronous_standby_names !==
    names
  ) {
    await pause(10);
  }
}

const WAITING = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;

/** As whoever looks after the server might: it warns of every row that is written. */
const WARNING_TRIGGER = `
  CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'the database must be vacuumed'; RETURN NULL; END $$;
  CREATE TRIGGER warn AFTER INSERT ON user_status FOR EACH STATEMENT EXECUTE FUNCTION warn()`;

/** Has each commit that waits for a standby go on without it. */
async function cancelWaits(until: Promise<unknown>): Promise<number> {
  let cancelled = 0;
  const state = { isOver: false };
  void until.finally(() => {
    state.isOver = true;
  });
  while (!state.isOver) {
    const rows = await query(
      server.url,
      `SELECT pg_cancel_backend(pid) FROM (${WAITING}) AS waiting`,
    );
    cancelled += rows.length;
    await pause(20);
  }
  return cancelled;
}

describe('a commit that no standby has', () => {
  it('is not told as success, though the server calls it one', async () => {
    await setStandbys('ghost');
    const inserted = Promise.allSettled([store.insert(toRow('a'))]);
    const cancelled = await cancelWaits(inserted);
    const [settled] = await inserted;
    await setStandbys('');

    expect(cancelled).toBeGreaterThan(1);
    expect(settled).toMatchObject({
      status: 'rejected',
      reason: {
        status: 503,
        message:
          'The write was cut short, and whether it is stored is not known. Ask, or try again.',
      },
    });
    expect(await query(server.url, 'SELECT id FROM user_status')).toEqual([{ id: 'a' }]);
  });

  it('is told as success when there is one, and stored once', async () => {
    await setStandbys('ghost');
    const inserted = store.insert(toRow('b'));
    while ((await query(server.url, WAITING)).length === 0) await pause(5);
    await query(server.url, `SELECT pg_cancel_backend(pid) FROM (${WAITING}) AS waiting`);
    // What it finds then it has to have confirmed.
    while ((await query(server.url, WAITING)).length === 0) await pause(5);
    await setStandbys('');

    expect(await inserted).toMatchObject({ kind: 'written', isNew: true });
    expect(await query(server.url, 'SELECT id FROM user_status')).toEqual([{ id: 'b' }]);
  });
});

describe('a warning of the server', () => {
  it('that is of something else is no reason to doubt a commit', async () => {
    await query(server.url, WARNING_TRIGGER);
    const inserted = await Promise.allSettled([store.insert(toRow('warned'))]);
    await query(server.url, 'DROP FUNCTION warn CASCADE');

    expect(inserted).toMatchObject([{ value: { kind: 'written' } }]);
  });

  it('is heard though the role is set to be told of errors alone', async () => {
    await query(server.url, 'CREATE ROLE silent LOGIN SUPERUSER');
    await query(server.url, 'ALTER ROLE silent SET client_min_messages = error');
    const silent = await UserStatusStore.open(server.url.replace('postgres@', 'silent@'));
    await setStandbys('ghost');
    const inserted = silent.insert(toRow('a')).then(() => 'told');
    while ((await query(server.url, WAITING)).length === 0) await pause(5);
    await query(server.url, `SELECT pg_cancel_backend(pid) FROM (${WAITING}) AS waiting`);
    const first = await Promise.race([inserted, pause(500)]);
    await setStandbys('');
    await inserted;
    await silent.close();

    expect(first).toBeUndefined();
  });
});

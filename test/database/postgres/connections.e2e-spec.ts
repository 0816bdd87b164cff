/** Connections: how they are set up, shared, given up and opened anew. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';

import { parsePostgresUrl } from '../../../src/config/postgres-url.js';
import { Connections } from '../../../src/database/postgres/connections.js';
import { isAway, isLost } from '../../../src/database/postgres/driver-errors.js';
import { ServerProbe } from '../../../src/database/postgres/server-probe.js';
import { pause } from '../../support/faults.js';
import { Network } from '../../support/network.js';
import {
  createTestDatabase,
  query,
  startPostgres,
  type PostgresServer,
  type CreatedDatabase,
} from '../../support/postgres.js';

let database: CreatedDatabase;
let connections: Connections;

function connect(url: string, size = 8): Connections {
  return new Connections(parsePostgresUrl(url), { size, queryMs: 500 });
}

async function pidOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}

async function settingsOf(client: pg.ClientBase): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings',
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

beforeEach(async () => {
  database = await createTestDatabase();
  connections = connect(database.url);
});

afterEach(async () => {
  await connections.close();
  await database.drop();
});

describe('a connection', () => {
  it('has limits of time, and a name', async () => {
    const common = {
      application_name: 'user-statuses',
      idle_in_transaction_session_timeout: '10000',
      standard_conforming_strings: 'on',
      client_encoding: 'UTF8',
    };

    expect(await connections.onWriter(settingsOf)).toMatchObject({
      ...common,
      statement_timeout: '4000',
      lock_timeout: '2000',
      synchronous_commit: 'on',
    });
    expect(await connections.onLookup(settingsOf)).toMatchObject({
      ...common,
      statement_timeout: '2000',
      lock_timeout: '1000',
    });
    expect(await connections.onReader(settingsOf)).toMatchObject({
      ...common,
      statement_timeout: '500',
      lock_timeout: '250',
    });
  });

  it.each([
    ['is used again where a statement was refused', 'SELECT 1 / 0', true],
    ['is used again where a statement took too long', 'SELECT pg_sleep(10)', true],
    ['is not used again where a transaction was left open', 'BEGIN', false],
    [
      'is not used again where the server ended it',
      'SELECT pg_terminate_backend(pg_backend_pid())',
      false,
    ],
  ])('%s', async (_what, statement, isReused) => {
    const pid = await connections.onReader(pidOf);
    await connections.onReader((client) => client.query(statement)).catch(() => undefined);

    expect((await connections.onReader(pidOf)) === pid).toBe(isReused);
  });

  it('that writes has a number that no other has, also of another process', async () => {
    const other = connect(database.url);
    const bucketOf = (of: Connections): Promise<number> =>
      of.onWriter(async (_client, bucket) => {
        await pause(300);
        return bucket;
      });

    const buckets = await Promise.all([connections, connections, other, other].map(bucketOf));

    expect(buckets.sort()).toEqual([0, 1, 2, 3]);
    await other.close();
  });

  it('that writes is refused once the server is set to acknowledge what it can lose', async () => {
    const commitOf = async (client: pg.ClientBase): Promise<string | undefined> =>
      (await settingsOf(client)).synchronous_commit;
    expect(await connections.onWriter(commitOf)).toBe('on');
    const { pathname } = new URL(database.url);
    await query(database.url, `ALTER DATABASE ${pathname.slice(1)} SET synchronous_commit = local`);

    // What is open goes on as it was.
    expect(await connections.onWriter(commitOf)).toBe('on');
    const other = connect(database.url);
    await expect(other.onWriter(commitOf)).rejects.toThrow("synchronous_commit is 'local'");
    await other.close();
  });
});

describe('connections', () => {
  it('of one kind are few, and lent in the order in which they were asked for', async () => {
    const order: number[] = [];
    const pids = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        connections.onLookup(async (client) => {
          order.push(i);
          return pidOf(client);
        }),
      ),
    );

    expect(new Set(pids).size).toBe(2);
    // The first two are opened side by side.
    expect(order.filter((i) => i > 1)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('are lent one after the other where the server gives no more of them', async () => {
    await query(database.url, 'CREATE ROLE few LOGIN CONNECTION LIMIT 1').catch(() => undefined);
    const few = connect(database.url.replace('postgres@', 'few@'));
    // Of two that a role opens at the same moment, the server may refuse both.
    const first = await few.onLookup(pidOf);
    const pids = await Promise.all(
      Array.from({ length: 10 }, () =>
        few.onLookup(async (client) => {
          await client.query('SELECT pg_sleep(0.02)');
          return pidOf(client);
        }),
      ),
    );

    expect(new Set(pids)).toEqual(new Set([first]));
    await few.close();
  });

  it('are as many as the setting says at the most', async () => {
    const use = async (client: pg.ClientBase): Promise<unknown> =>
      client.query('SELECT pg_sleep(0.4)');
    const all = Array.from({ length: 4 }, () => [
      connections.onWriter(use),
      connections.onLookup(use),
      connections.onReader(use),
      connections.onQuickReader(use),
      connections.onProbe(use),
    ]).flat();
    const counted = query(
      database.url,
      `SELECT count(*)::int AS count, pg_sleep(0.2) FROM pg_stat_activity
       WHERE application_name = 'user-statuses' AND datname = current_database()`,
    );
    await Promise.allSettled(all.map(async (each) => each));

    expect((await counted)[0]!.count).toBeLessThanOrEqual(8);
  });

  it('are not to be had after the end, and those in use are ended', async () => {
    const used = connections.onReader((client) => client.query('SELECT pg_sleep(10)'));
    const failed = expect(used).rejects.toThrow('Connection terminated');
    await pause(200);
    await connections.close();

    await failed;
    await expect(connections.onReader(pidOf)).rejects.toMatchObject({ code: 'ERR_DATABASE_AWAY' });
    const sessions = `SELECT pid FROM pg_stat_activity
      WHERE application_name = 'user-statuses' AND datname = current_database()`;
    // A statement does not notice at once that nobody waits for it.
    while ((await query(database.url, sessions)).length > 0) await pause(50);
  });
});

describe('a server that goes away', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(async () => {
    await server.close();
  });

  it('is used again as soon as it is back', async () => {
    const away = connect(server.url);
    await away.onLookup(pidOf);
    const asleep = away.onReader((client) => client.query('SELECT pg_sleep(10)'));
    const lost = asleep.catch((error: unknown) => isLost(error) && !isAway(error));
    await pause(200);
    await server.kill9();

    expect(await lost).toBe(true);
    // Who comes in the moment that it takes to hear of it has lost a connection, too.
    await away.onLookup(pidOf).catch(() => undefined);
    await pause(200);
    await expect(away.onLookup(pidOf)).rejects.toMatchObject({ code: 'ERR_DATABASE_AWAY' });
    await server.start();
    await pause(100);
    expect(await away.onLookup(pidOf)).toBeGreaterThan(0);
    await away.close();
  });

  it('without a word is given up within seconds, for all who wait', async () => {
    const network = await Network.to(server.port);
    const away = connect(server.url.replace(String(server.port), String(network.port)));
    const probe = new ServerProbe(away);
    await Promise.all([away.onLookup(pidOf), away.onReader(pidOf), probe.check([])]);
    network.cut();
    const began = performance.now();

    await expect(probe.check([])).rejects.toThrow('it does not answer');
    expect(performance.now() - began).toBeLessThan(2000);
    const asked = Array.from({ length: 20 }, () => away.onLookup(pidOf).catch(isLost));
    expect(new Set(await Promise.all(asked))).toEqual(new Set([true]));
    expect(performance.now() - began).toBeLessThan(10_000);
    await network.mend(0);
    await pause(100);
    expect(await away.onLookup(pidOf)).toBeGreaterThan(0);
    await probe.check([]);

    network.cut();
    const closing = performance.now();
    await away.close();
    expect(performance.now() - closing).toBeLessThan(2000);
    network.close();
  });

  it('is not asked again by each of many who come just then', async () => {
    const away = connect('postgres://postgres@127.0.0.1:1/postgres');
    const failures = await Promise.all(
      Array.from({ length: 100 }, () => away.onLookup(pidOf).catch((error: unknown) => error)),
    );

    expect(failures.every(isAway)).toBe(true);
    const causes = failures.map((error) => (error as Error).cause);
    expect(new Set(causes).size).toBeLessThanOrEqual(2);
    await away.close();
  });
});

describe('a server that has fewer connections than may be opened', () => {
  const use = async (client: pg.ClientBase): Promise<unknown> =>
    client.query('SELECT pg_sleep(0.05)');
  let few: Connections;

  beforeEach(async () => {
    await query(database.url, 'CREATE ROLE plain LOGIN').catch(() => undefined);
    const { pathname } = new URL(database.url);
    // One of each kind.
    await query(database.url, `ALTER DATABASE ${pathname.slice(1)} CONNECTION LIMIT 5`);
    few = connect(database.url.replace('postgres@', 'plain@'), 16);
  });

  afterEach(async () => {
    await few.close();
  });

  it('has those be used by all, one after the other', async () => {
    const all = Array.from({ length: 50 }, () => few.onQuickReader(use));

    expect((await Promise.allSettled(all)).map(({ status }) => status)).not.toContain('rejected');
  });

  it.each([['idle'], ['busy']])(
    'has a kind of them be used that had none, while the others are %s',
    async (how) => {
      await Promise.all(Array.from({ length: 8 }, () => few.onReader(use)));
      let isOver = false;
      const readOn = async (): Promise<void> => {
        while (how === 'busy' && !isOver) await few.onReader(use);
      };
      const reading = Array.from({ length: 8 }, readOn);

      for (const kind of ['onWriter', 'onLookup', 'onQuickReader', 'onProbe'] as const) {
        const giveUpAt = performance.now() + 3000;
        let isServed = false;
        while (!isServed && performance.now() < giveUpAt) {
          isServed = await few[kind](use).then(
            () => true,
            () => false,
          );
        }
        expect({ kind, isServed }).toEqual({ kind, isServed: true });
      }
      isOver = true;
      await Promise.all(reading);
    },
  );
});

describe('readiness', () => {
  it.each([
    ['a table is missing', 'DROP TABLE a', 'relation "a" does not exist'],
    ['a table may not be read', 'REVOKE ALL ON a FROM plain', 'permission denied for table a'],
    ...['INSERT', 'UPDATE', 'DELETE'].map((privilege): [string, string, string] => [
      `the role lacks ${privilege}`,
      `REVOKE ${privilege} ON a FROM plain`,
      'its role may not write to "a": GRANT INSERT, UPDATE, DELETE ON it',
    ]),
  ])('is not given where %s', async (_what, statement, reason) => {
    await query(database.url, 'CREATE TABLE a ()');
    await query(database.url, 'CREATE ROLE plain LOGIN').catch(() => undefined);
    await query(database.url, 'GRANT ALL ON a TO plain');
    const plain = connect(database.url.replace('postgres@', 'plain@'));
    const probe = new ServerProbe(plain);
    await probe.check(['"a"']);
    await query(database.url, statement);

    await expect(probe.check(['"a"'])).rejects.toThrow(reason);
    await plain.close();
  });

  it('is asked for once by all who ask together', async () => {
    const probe = new ServerProbe(connections);
    await Promise.all(Array.from({ length: 50 }, () => probe.check([])));
    const pids = await Promise.all([connections.onProbe(pidOf), connections.onProbe(pidOf)]);

    expect(new Set(pids).size).toBe(1);
  });
});

/** Several servers in the URL: the one that takes writes is sought, and sought anew. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';

import { parsePostgresUrl, type PostgresSettings } from '../../../src/config/postgres-url.js';
import { Connections } from '../../../src/database/postgres/connections.js';
import { isAway } from '../../../src/database/postgres/driver-errors.js';
import { SelectingConnection } from '../../../src/database/postgres/selecting-connection.js';
import { ServerChoice } from '../../../src/database/postgres/server-choice.js';
import { Deadline } from '../../../src/database/threads/deadline.js';
import { pause } from '../../support/faults.js';
import { Network } from '../../support/network.js';
import { refusalOf, SECRET } from '../../support/open-postgres.js';
import { query, startPostgres } from '../../support/postgres.js';
import { PostgresCluster } from '../../support/postgres-cluster.js';

const NOBODY = '127.0.0.1:1';

let cluster: PostgresCluster;
let primary: string;
let standby: string;

beforeAll(async () => {
  cluster = await PostgresCluster.start({ standbys: 1, isSynchronous: false });
  [primary = '', standby = ''] = cluster.url.match(/127\.0\.0\.1:\d+/g)!;
});

afterAll(async () => {
  await cluster.close();
});

function urlOf(hosts: readonly string[], parameters = ''): string {
  return `postgres://postgres:${SECRET}@${hosts.join(',')}/user_statuses?${parameters}`;
}

async function find(hosts: readonly string[], parameters = ''): Promise<string> {
  const choice = new ServerChoice(parsePostgresUrl(urlOf(hosts, parameters)));
  const { host, port } = await choice.find();
  return `${host}:${String(port)}`;
}

async function serverOf(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ port: string }>(`SELECT current_setting('port') AS port`);
  return `127.0.0.1:${rows[0]!.port}`;
}

/** As a thread does that judges. */
function openAsThread(settings: PostgresSettings): SelectingConnection {
  const deadline = new Deadline(new Int32Array(new SharedArrayBuffer(4)));
  deadline.begin(60_000);
  return new SelectingConnection(settings, deadline);
}

function serverOfThread(thread: SelectingConnection): Promise<string> {
  return thread.reading(async () => {
    const text = `SELECT current_setting('port') AS port`;
    for await (const { rows } of thread.select({ text, parameters: [] })) {
      return `127.0.0.1:${String(rows[0]![0])}`;
    }
    return '';
  });
}

describe('of several servers', () => {
  it('takes the one that takes writes, wherever it stands', async () => {
    expect(await find([primary, standby])).toBe(primary);
    expect(await find([standby, primary])).toBe(primary);
    expect(await find([NOBODY, standby, primary])).toBe(primary);
    expect(await find([standby, primary], 'target_session_attrs=primary')).toBe(primary);
  });

  it('takes one that is there where any will do', async () => {
    expect(await find([NOBODY, standby], 'target_session_attrs=any')).toBe(standby);
  });

  it('does not wait for one that is cut off', async () => {
    const network = await Network.to(Number(standby.split(':')[1]));
    network.cut();
    const began = performance.now();

    expect(await find([`127.0.0.1:${String(network.port)}`, primary])).toBe(primary);
    expect(performance.now() - began).toBeLessThan(1500);
    network.close();
  });

  it.each([
    ['postgres@none', 'database "none" does not exist: make it with CREATE DATABASE'],
    ['nobody@user_statuses', 'role "nobody" does not exist'],
  ])('is refused at once where all refuse us: %s', async (what, reason) => {
    const [user, database] = what.split('@');
    const url = `postgres://${user!}@${primary},${standby}/${database!}`;

    expect(await refusalOf(url)).toContain(reason);
  });

  it('says of each why it is none', async () => {
    await expect(find([NOBODY, standby])).rejects.toThrow(
      `no server takes writes (${NOBODY}: connect ECONNREFUSED ${NOBODY}; ` +
        `${standby}: it is a standby, and takes no writes)`,
    );
  });

  it('is refused where two take writes that never were one', async () => {
    const stranger = await startPostgres();
    await query(stranger.url, 'CREATE DATABASE user_statuses');
    const { host } = new URL(stranger.url);
    const reason =
      'both take writes and are of different clusters: ' +
      'name in DATABASE_URL a server and its standbys alone';

    expect(await refusalOf(urlOf([primary, standby, host]))).toContain(reason);
    await stranger.close();
    expect(await find([primary, standby, host])).toBe(primary);
  });

  it('says of a lone standby that it takes no writes, to whoever asks for anything', async () => {
    const settings = parsePostgresUrl(urlOf([standby]));
    const connections = new Connections(settings, { size: 8, queryMs: 1000 });
    const thread = openAsThread(settings);
    const use = (): Promise<unknown> => Promise.resolve('used');
    const settled = await Promise.allSettled([
      connections.onWriter(use),
      connections.onLookup(use),
      connections.onReader(use),
      connections.onQuickReader(use),
      connections.onProbe(use),
      thread.reading(use),
    ]);

    const reason = { code: 'ERR_DATABASE_AWAY', message: 'it is a standby, and takes no writes' };
    for (const each of settled) expect(each).toMatchObject({ status: 'rejected', reason });
    thread.close();
    await connections.close();
  });

  it('leaves one whose place was taken, although it still answers', async () => {
    const settings = parsePostgresUrl(urlOf([primary, standby]));
    const connections = new Connections(settings, { size: 8, queryMs: 1000 });
    const thread = openAsThread(settings);
    const ask = async (): Promise<string[]> => [
      await connections.onLookup(serverOf),
      await serverOfThread(thread),
    ];

    expect(await ask()).toEqual([primary, primary]);
    await cluster.promote();
    for (let waited = 0; waited < 10_000 && (await ask()).includes(primary); waited += 50) {
      await pause(50);
    }
    expect(await ask()).toEqual([standby, standby]);
    expect(await find([primary, standby])).toBe(standby);
    thread.close();
    await connections.close();
  });

  it('leaves one whose place was taken by one that is slow to answer', async () => {
    const network = await Network.to(Number(standby.split(':')[1]));
    network.cut();
    const hosts = [primary, `127.0.0.1:${String(network.port)}`];
    const choice = new ServerChoice(parsePostgresUrl(urlOf(hosts)));
    const found = await choice.find();
    const outdated = choice.findOutdated();
    await pause(100);
    await network.mend(500);

    expect(await outdated).toBe(found);
    network.close();
  });

  it('leaves one that has gone while a thread had nothing to ask it', async () => {
    const [first, second] = [primary, standby].map((host) => Number(host.split(':')[1]));
    const [left, taken] = [await Network.to(first!), await Network.to(second!)];
    taken.cut();
    const hosts = [left, taken].map(({ port }) => `127.0.0.1:${String(port)}`);
    const thread = openAsThread(parsePostgresUrl(urlOf(hosts)));
    const before = await serverOfThread(thread);
    await taken.mend(0);
    left.close();
    await pause(100);
    const refused = await serverOfThread(thread).catch(isAway);

    expect([before, refused]).toEqual([primary, true]);
    expect(await serverOfThread(thread)).toBe(standby);
    thread.close();
    taken.close();
  });

  it('leaves one with all connections where it takes no further one, and another does', async () => {
    const network = await Network.to(Number(standby.split(':')[1]));
    network.cut();
    const hosts = [primary, `127.0.0.1:${String(network.port)}`];
    const connections = new Connections(parsePostgresUrl(urlOf(hosts)), { size: 8, queryMs: 1000 });
    const before = [await connections.onLookup(serverOf), await connections.onWriter(serverOf)];
    await network.mend(0);
    const left = `postgres://postgres@${primary}/postgres`;
    await query(left, 'ALTER DATABASE user_statuses ALLOW_CONNECTIONS false');
    const refused = await connections.onReader(serverOf).catch(isAway);
    await pause(200);
    const reader = await connections.onReader(serverOf);
    const after = [await connections.onLookup(serverOf), await connections.onWriter(serverOf)];

    expect(before).toEqual([primary, primary]);
    expect([refused, reader]).toEqual([true, standby]);
    expect(after).toEqual([standby, standby]);
    await connections.close();
    network.close();
  });
});

/** Several servers in the URL: the one that takes writes is sought, and sought anew. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parsePostgresUrl } from '../../../src/config/postgres-url.js';
import { Connections } from '../../../src/database/postgres/connections.js';
import { ServerChoice } from '../../../src/database/postgres/server-choice.js';
import { pause } from '../../support/faults.js';
import { Network } from '../../support/network.js';
import { refusalOf, SECRET } from '../../support/open-postgres.js';
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

  it('says of a lone standby that it takes no writes, to whoever asks for anything', async () => {
    const settings = parsePostgresUrl(urlOf([standby]));
    const connections = new Connections(settings, { size: 8, queryMs: 1000 });
    const use = (): Promise<unknown> => Promise.resolve('used');
    const settled = await Promise.allSettled([
      connections.onWriter(use),
      connections.onLookup(use),
      connections.onReader(use),
      connections.onQuickReader(use),
      connections.onProbe(use),
    ]);

    const reason = { code: 'ERR_DATABASE_AWAY', message: 'it is a standby, and takes no writes' };
    for (const each of settled) expect(each).toMatchObject({ status: 'rejected', reason });
    await connections.close();
  });

  it('leaves one whose place was taken, although it still answers', async () => {
    const settings = parsePostgresUrl(urlOf([primary, standby]));
    const connections = new Connections(settings, { size: 8, queryMs: 1000 });
    const ask = async (): Promise<unknown> =>
      connections.onLookup(async (client) => {
        const { rows } = await client.query<{ port: string }>(
          `SELECT current_setting('port') AS port`,
        );
        return `127.0.0.1:${rows[0]!.port}`;
      });

    expect(await ask()).toBe(primary);
    await cluster.promote();
    for (let waited = 0; waited < 10_000 && (await ask()) === primary; waited += 50) {
      await pause(50);
    }
    expect(await ask()).toBe(standby);
    expect(await find([primary, standby])).toBe(standby);
    await connections.close();
  });
});

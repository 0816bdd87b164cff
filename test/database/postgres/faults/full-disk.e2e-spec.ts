/** The server's disk is full: that of its tables, or that of its log. */
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { AS_SERVER } from '../../../../scripts/postgres-programs.mjs';
import type { Answer } from '../../../support/client.js';
import { pause } from '../../../support/faults.js';
import {
  finallyDo,
  readIds,
  requireWritesRefused,
  ROUNDS,
  startOn,
  write,
} from '../../../support/disk-scene.js';
import { PostgresTestDatabase } from '../../../support/postgres-database.js';
import { query, startPostgres, type PostgresServer } from '../../../support/postgres.js';
import { createSmallDisk, type SmallDisk } from '../../../support/small-disk.js';
import { COLLECTION, CONFIGURATION } from '../../../support/user-status.js';

/** Where the service keeps what it needs for a while. */
const TEMPORARY_MIB = 48;
const TABLES_MIB = 24;
const LOG_MIB = 96;

/** A server of its own, whose programs see the disk. */
async function startServer(
  disk: SmallDisk,
  options: { dataDir?: string; settings?: Record<string, string> } = {},
): Promise<PostgresServer> {
  const programs = mkdtempSync(join(tmpdir(), 'user-statuses-programs-'));
  chmodSync(programs, 0o755);
  const installed = process.env.TEST_POSTGRES_BIN!;
  for (const [name, enter] of [
    ['initdb', []],
    ['postgres', disk.enter],
  ] as const) {
    const command = [...enter, join(installed, name)].join(' ');
    writeFileSync(join(programs, name), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  }
  const server = await startPostgres({ programs, ...options });
  finallyDo(() => {
    rmSync(programs, { recursive: true });
  });
  finallyDo(() => server.close());
  return server;
}

describe('a full disk', () => {
  /** More than a thread keeps in memory of the rows that it decides on. */
  it('of the service has a list that needs it asked again, until there is room', async () => {
    const disk = await createSmallDisk(TEMPORARY_MIB);
    finallyDo(() => disk.close());
    const database = await PostgresTestDatabase.open();
    finallyDo(() => database.drop());
    const env = { ...database.env, SQLITE_TMPDIR: disk.folder, QUERY_TIMEOUT_MS: '10000' };
    const send = await startOn(env, disk.enter);
    await database.addRows({ configuration: CONFIGURATION, count: 10_000, nameLength: 1000 });
    const ask = () => send('GET', `${COLLECTION}?$orderby=tolower(userDisplayName)&$top=1`);
    disk.fill();
    const full = await ask();
    disk.empty();

    expect(full).toMatchObject({
      status: 503,
      body: {
        error: { message: 'The query could not be run to its end. Try again shortly.' },
      },
    });
    expect(full.headers.get('retry-after')).toBe('1');
    expect(await ask()).toMatchObject({ status: 200 });
  }, 120_000);

  it('of the tables has writes refused with 507 and reads answered, until there is room', async () => {
    const disk = await createSmallDisk(TABLES_MIB, AS_SERVER);
    finallyDo(() => disk.close());
    const server = await startServer(disk);
    await query(server.url, `CREATE TABLESPACE small LOCATION '${disk.folder}'`);
    await query(server.url, 'CREATE DATABASE on_small_disk TABLESPACE small');
    const url = server.url.replace(/postgres$/, 'on_small_disk');
    await requireWritesRefused(await startOn({ DATABASE_URL: url }), disk);
  }, 120_000);

  /** The server cannot say what it is about to do, and so it ends; what is committed is there behind it. */
  it('of the log is answered 503, until there is room', async () => {
    const disk = await createSmallDisk(LOG_MIB, AS_SERVER);
    finallyDo(() => disk.close());
    const dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-postgres-'));
    finallyDo(() => {
      rmSync(dataDir, { recursive: true });
    });
    const settings = { min_wal_size: '32MB', max_wal_size: '32MB', wal_recycle: 'off' };
    const server = await startServer(disk, { dataDir, settings });
    await server.stop();
    const log = join(dataDir, 'pg_wal');
    disk.run('cp', '-a', log, disk.folder);
    rmSync(log, { recursive: true });
    symlinkSync(join(disk.folder, 'pg_wal'), log);
    await server.start();
    const send = await startOn({ DATABASE_URL: server.url });

    const told: (Answer & { id: string })[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const writers = write(send, String(round));
      await writers.meet(201);
      const refused = writers.meet(503).then(() => true);
      // The next write begins another file of the log, unless a checkpoint has just given one back.
      do {
        disk.fill();
        await query(server.url, 'SELECT pg_switch_wal()').catch(() => undefined);
      } while (!(await Promise.race([refused, pause(200)])));
      disk.empty();
      await server.restart();
      await writers.meet(201);
      await writers.stop();
      told.push(...writers.answers);
    }
    const stored = await readIds(send);

    expect(told.filter(({ status, id }) => status === 201 && !stored.has(id))).toEqual([]);
    expect(told.filter(({ text, id }) => text.includes('Nothing was') && stored.has(id))).toEqual(
      [],
    );
    // Where the server finds out before it has begun, it says so.
    expect(told.filter(({ status }) => ![201, 503, 507].includes(status))).toEqual([]);
  }, 300_000);
});

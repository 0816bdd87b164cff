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
import { query, startPostgres, type PostgresServer } from '../../../support/postgres.js';
import { createSmallDisk, type SmallDisk } from '../../../support/small-disk.js';

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

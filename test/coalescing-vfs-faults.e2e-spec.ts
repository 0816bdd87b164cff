/** What goes wrong around the VFS that writes the frames of a transaction together (coalescing-vfs.c), or with it. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  CREATE_NOTES,
  putNotes,
  readNotes,
  recoverNotes,
  requireIntegrity,
} from './support/notes.js';
import { createToken, ROOT, startService } from './support/run.js';
import { compileExtension, startSqlite, type SqliteProcess } from './support/run-sqlite.js';
import { COLLECTION, userStatus } from './support/user-status.js';

const CREATE = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = 10; ${CREATE_NOTES}`;

let folder: string;
let file: string;
let running: SqliteProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  file = join(folder, 'notes.db');
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((process) => process.stop()));
  rmSync(folder, { recursive: true });
});

async function start(...options: Parameters<typeof startSqlite>): Promise<SqliteProcess> {
  const process = await startSqlite(...options);
  running.push(process);
  return process;
}

/** Ours, on a disk that can be told how it is. */
async function startOnDisk(): Promise<[SqliteProcess, (how: string) => Promise<unknown>]> {
  const ours = await start('coalescing', { extension: compileExtension('watched-vfs', folder) });
  return [ours, (how) => ours.read(':memory:', `SELECT set_disk('${how}')`)];
}

describe('a disk that is full', () => {
  it.each([
    ['at the commit', 'BEGIN;', 12],
    ['long before it', 'BEGIN;', 200],
    ['in a statement by itself', '', 12],
  ])('%s fails the transaction as a whole, and the next is stored', async (_when, begin, size) => {
    const [ours, tellDisk] = await startOnDisk();
    const plain = await start('plain');
    await ours.run(file, `${CREATE} ${putNotes(1, 5, 1, 100)}`);
    await tellDisk('full');
    const outcomes = [await ours.attempt(file, begin + putNotes(3, size, 2, 2000))];
    if (begin !== '') outcomes.push(await ours.attempt(file, 'COMMIT'));
    await ours.attempt(file, 'ROLLBACK');
    const recovered = await recoverNotes(plain, file);
    const seen = await readNotes(ours, file);
    await tellDisk('empty');
    await ours.run(file, putNotes(2, 2, 3, 10));
    const before = [1, 2, 3, 4, 5].map((id) => [id, 1, 100, 1]);

    expect(outcomes).toContain('SQLITE_FULL');
    expect([recovered, seen]).toEqual([before, before]);
    expect(await recoverNotes(plain, file)).toEqual(before.with(1, [2, 3, 10, 1]));
  });

  it('for a moment takes nothing from a transaction that goes on', async () => {
    const [ours, tellDisk] = await startOnDisk();
    const plain = await start('plain');
    await ours.run(file, CREATE);
    // Some of it had to leave the cache, and waits.
    await ours.run(file, `BEGIN; ${putNotes(1, 20, 1, 1000)}`);
    await tellDisk('full');
    // What it has to read waits to be written. Only the statement is undone.
    const failed = await ours.attempt(file, putNotes(1, 9, 2, 1001));
    await tellDisk('empty');
    const committed = await ours.attempt(file, 'COMMIT');
    const notes = Array.from({ length: 20 }, (_, i) => [i + 1, 1, 1000, 1]);

    expect([failed, committed]).toEqual(['SQLITE_FULL', 'OK']);
    expect(await recoverNotes(plain, file)).toEqual(notes);
    expect(await readNotes(ours, file)).toEqual(notes);
  });
});

describe('a file that may not grow any more', () => {
  it('fails the transaction as a whole, and a smaller one is stored', async () => {
    const [ours, plain] = await Promise.all([
      start('coalescing', { fileBlocks: 400 }),
      start('plain'),
    ]);
    await ours.run(file, `${CREATE} ${putNotes(1, 5, 1, 100)}`);
    const outcomes = [
      await ours.attempt(file, `BEGIN; ${putNotes(1, 12, 2, 10_000)}`),
      await ours.attempt(file, 'COMMIT'),
    ];
    await ours.attempt(file, 'ROLLBACK');
    const recovered = await recoverNotes(plain, file);
    await ours.run(file, putNotes(2, 2, 3, 10));
    const before = [1, 2, 3, 4, 5].map((id) => [id, 1, 100, 1]);

    expect(outcomes).toContain('SQLITE_IOERR_WRITE');
    expect(recovered).toEqual(before);
    expect(await recoverNotes(plain, file)).toEqual(before.with(1, [2, 3, 10, 1]));
    await requireIntegrity(plain, file);
  });
});

describe('a disk whose sectors SQLite does not trust', () => {
  it.each([512, 1024, 4096, 65_536])('gets whole transactions: pages of %d', async (pageSize) => {
    const [ours, tellDisk] = await startOnDisk();
    const plain = await start('plain');
    await tellDisk('coarse');
    await ours.run(file, `PRAGMA page_size = ${String(pageSize)}; ${CREATE}`);
    for (let id = 1; id <= 30; id += 1) {
      await ours.run(file, putNotes(id, id, 1, 1 + 7 * id));
      expect(await recoverNotes(plain, file)).toHaveLength(id);
      expect(await readNotes(plain, file)).toHaveLength(id);
    }
  });
});

describe('a kill -9 in the middle of commits', () => {
  it.each([
    ['small', 2, 10, 300],
    ['larger than what may wait', 40, 2500, 25],
  ])('loses none that was said to be committed: %s', async (_size, rows, copies, count) => {
    const [ours, plain] = await Promise.all([start('coalescing'), start('plain')]);
    await ours.run(file, CREATE);
    const said = await ours.commitUntilKilled(
      file,
      `BEGIN; INSERT INTO note WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < ${String(rows)})
       SELECT ? * 1000 + id, ?, ${String(copies)}, replace(hex(zeroblob(${String(copies)})), '00', '?;') FROM ids; COMMIT`,
      count,
    );
    const notes = await readNotes(plain, file);
    await requireIntegrity(plain, file);
    const whole = new Set(notes.filter(([, , , isWhole]) => isWhole === 1).map(([id]) => id));
    const expected = Array.from({ length: said }, (_, i) => 1000 * (i + 1)).flatMap((base) =>
      Array.from({ length: rows }, (_, row) => base + row + 1),
    );

    expect(said).toBeGreaterThanOrEqual(count);
    expect(expected.filter((id) => !whole.has(id))).toEqual([]);
    expect(notes.length % rows).toBe(0);
  });
});

const EXTENSION = process.platform === 'darwin' ? 'coalescing-vfs.dylib' : 'coalescing-vfs.so';
const WARNING = /"level":40[^\n]*Writes take more system calls than they need/;

describe('the service', () => {
  /** One that was built elsewhere, with what the change makes of the extension. */
  async function serve(change: (extension: string) => void): Promise<[number[], string]> {
    cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    change(join(folder, 'dist', EXTENSION));
    const service = await startService({ DATA_DIR: folder }, folder);
    const headers = {
      authorization: `Bearer ${await createToken(folder)}`,
      'content-type': 'application/json',
    };
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const body = JSON.stringify(userStatus());
        return (await fetch(service.url + COLLECTION, { method: 'POST', headers, body })).status;
      }),
    );
    service.child.kill('SIGTERM');
    const { stdout } = await service.finished;
    return [statuses, stdout];
  }

  it('has nothing to say of an extension that can be loaded', async () => {
    const [statuses, log] = await serve(() => undefined);

    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(log).not.toMatch(WARNING);
  });

  it.each([
    [
      'is not there',
      (extension: string) => {
        rmSync(extension);
      },
    ],
    [
      'was made for another machine',
      (extension: string) => {
        writeFileSync(extension, 'MZ');
      },
    ],
  ])('works with an extension that %s, and says so', async (_how, change) => {
    const [statuses, log] = await serve(change);

    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(log).toMatch(WARNING);
  });
});

describe('the build', () => {
  it.each([
    ['no compiler', { PATH: '/nowhere' }, false],
    ['a compiler that fails', { CC: 'false' }, false],
    ['a compiler with options', { CC: 'cc -g' }, true],
  ])('goes on with %s', (_what, env, isMade) => {
    mkdirSync(join(folder, 'dist'));
    for (const name of ['src', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/build-vfs.mjs')], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    });

    expect(status).toBe(0);
    expect(stderr).toMatch(isMade ? /^$/ : /^Without a C compiler [^\n]+\n$/);
    expect(existsSync(join(folder, 'dist', EXTENSION))).toBe(isMade);
  });
});

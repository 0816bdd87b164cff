/** The VFS that writes the frames of a transaction together (coalescing-vfs.c): what it leaves on the disk is what SQLite would leave. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  CREATE_NOTES,
  putNotes,
  readNotes,
  recoverNotes,
  requireIntegrity,
} from './support/notes.js';
import { compileExtension, startSqlite, type SqliteProcess } from './support/run-sqlite.js';

const SEED = 20261125;
const RANDOM_RUNS = 25;

interface Settings {
  synchronous: string;
  pageSize: number;
  cachePages: number;
}

let folder: string;
let ours: SqliteProcess;
let plain: SqliteProcess;
let files = 0;
let file: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  [ours, plain] = await Promise.all([startSqlite('coalescing'), startSqlite('plain')]);
});

afterAll(async () => {
  await Promise.all([ours.stop(), plain.stop()]);
  rmSync(folder, { recursive: true });
});

function nextFile(): string {
  files += 1;
  return join(folder, `${String(files)}.db`);
}

beforeEach(() => {
  file = nextFile();
});

/** With a small cache, a transaction has to be written long before it ends. */
function create({ synchronous, pageSize, cachePages }: Settings): string {
  return `PRAGMA page_size = ${String(pageSize)}; PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = ${String(cachePages)}; ${CREATE_NOTES}`;
}

const USUAL: Settings = { synchronous: 'FULL', pageSize: 4096, cachePages: 10 };

describe('a transaction', () => {
  it.each([
    ['waits until it ends, where the VFS is ours', 'coalescing', true],
    ['is written as it comes, where it is not', 'plain', false],
  ] as const)('%s', async (_what, kind, waits) => {
    const process = kind === 'plain' ? plain : ours;
    const logBytes = () => statSync(`${file}-wal`).size;
    await process.run(file, create(USUAL));
    const before = logBytes();
    await process.run(file, `BEGIN; ${putNotes(1, 20, 1, 2000)}`);
    const during = logBytes();
    await process.run(file, 'COMMIT');

    expect(during === before).toBe(waits);
    expect(logBytes()).toBeGreaterThan(before + 80_000);
  });

  it.each([
    ['of one page', putNotes(1, 1, 1, 10), [1, 2]],
    ['of many pages', putNotes(1, 20, 1, 2000), [1, 44]],
    ['larger than what may wait', putNotes(1, 100, 1, 2000), [4, 204]],
  ])('%s takes few writes', async (_size, sql, expected) => {
    const extension = compileExtension('watched-vfs', folder);
    const counts = [];
    for (const kind of ['coalescing', 'plain'] as const) {
      const process = await startSqlite(kind, { extension });
      const count = async () => (await process.read(':memory:', 'SELECT writes()')) as [[number]];
      const own = nextFile();
      await process.run(own, create({ ...USUAL, cachePages: 1000 }));
      const [[before]] = await count();
      await process.run(own, sql);
      const [[after]] = await count();
      await process.stop();
      counts.push(after - before);
    }

    expect(counts).toEqual(expected);
  });

  it.each([
    ['OFF', [1, 0]],
    // The header of the log alone, before the first frame.
    ['NORMAL', [2, 1]],
    ['FULL', [2, 2]],
    ['EXTRA', [2, 2]],
  ])('is synced as synchronous = %s asks', async (synchronous, expected) => {
    const extension = compileExtension('watched-vfs', folder);
    const process = await startSqlite('coalescing', { extension });
    await process.run(file, create({ ...USUAL, synchronous }));
    const counts = await process.read(':memory:', 'SELECT writes(), synced_writes()');
    await process.stop();

    expect(counts).toEqual([expected]);
  });
});

describe('a checkpoint of megabytes', () => {
  it.each([
    ['gives the disk little at once', 'coalescing', 4],
    ['is synced by SQLite itself at its end', 'plain', 1],
  ] as const)('%s', async (_what, kind, expected) => {
    const process = await startSqlite(kind, { extension: compileExtension('watched-vfs', folder) });
    const count = async () => {
      const [[syncs]] = (await process.read(':memory:', 'SELECT database_syncs()')) as [[number]];
      return syncs;
    };
    await process.run(file, create({ ...USUAL, cachePages: 1000 }));
    await process.run(file, `INSERT INTO note VALUES (1, 1, 1, zeroblob(${String(3_500_000)}))`);
    const before = await count();
    await process.run(file, 'PRAGMA wal_checkpoint(PASSIVE)');
    const after = await count();
    await process.stop();
    await requireIntegrity(plain, file);

    expect(after - before).toBe(expected);
  });
});

describe('a checkpoint that cannot copy all', () => {
  it.each([
    ['is synced when that is asked for', 'coalescing', [0, 1]],
    ['is not synced by SQLite itself', 'plain', [0, 0]],
  ] as const)('%s', async (_what, kind, expected) => {
    const process = await startSqlite(kind, { extension: compileExtension('watched-vfs', folder) });
    const count = async () => {
      const [[syncs]] = (await process.read(':memory:', 'SELECT database_syncs()')) as [[number]];
      return syncs;
    };
    await process.run(file, `${create(USUAL)} ${putNotes(1, 5, 1, 100)}`);
    // What is read now may not be overwritten.
    await plain.run(file, 'BEGIN; SELECT * FROM note');
    await process.run(file, putNotes(1, 5, 2, 100));
    const counts = [await count()];
    const [[, frames, copied]] = (await process.read(file, 'PRAGMA wal_checkpoint(PASSIVE)')) as [
      [number, number, number],
    ];
    counts.push(await count());
    await process.run(file, 'PRAGMA sync_database');
    counts.push(await count());
    await Promise.all([plain.run(file, 'COMMIT'), process.stop()]);

    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(frames);
    expect([counts[1]! - counts[0]!, counts[2]! - counts[1]!]).toEqual(expected);
  });
});

describe.each([
  { synchronous: 'OFF', pageSize: 512, cachePages: 10 },
  { synchronous: 'NORMAL', pageSize: 65_536, cachePages: 5 },
  { synchronous: 'EXTRA', pageSize: 1024, cachePages: 10 },
  USUAL,
])('with synchronous = $synchronous and pages of $pageSize, what is committed', (settings) => {
  it.each([
    ['by one small write', putNotes(1, 1, 1, 10), 1],
    [
      'by a transaction of megabytes',
      `BEGIN; ${putNotes(1, 300, 1, 4000)} ${putNotes(301, 350, 2, 1)} COMMIT`,
      350,
    ],
    [
      'after a rollback of what was written already',
      `${putNotes(1, 20, 1, 100)} BEGIN; ${putNotes(1, 200, 2, 2000)} ROLLBACK; ${putNotes(5, 6, 3, 100)}`,
      20,
    ],
    [
      'after a rollback of what still waited',
      `${putNotes(1, 20, 1, 100)} BEGIN; ${putNotes(1, 12, 2, 2000)} ROLLBACK; ${putNotes(5, 6, 3, 100)}`,
      20,
    ],
    [
      'after a savepoint was undone',
      `BEGIN; ${putNotes(1, 50, 1, 1000)} SAVEPOINT one; ${putNotes(20, 90, 2, 1000)}
       ROLLBACK TO one; ${putNotes(40, 60, 3, 500)} COMMIT`,
      60,
    ],
    [
      'with pages that were written twice',
      `BEGIN; ${putNotes(1, 60, 1, 500)} ${putNotes(1, 60, 2, 500)} ${putNotes(30, 40, 3, 700)} COMMIT`,
      60,
    ],
    [
      'to a log that began anew',
      `${putNotes(1, 50, 1, 500)} PRAGMA wal_checkpoint(RESTART); BEGIN; ${putNotes(1, 50, 2, 500)} ROLLBACK;
       ${putNotes(2, 4, 3, 500)} PRAGMA wal_checkpoint(TRUNCATE); ${putNotes(60, 60, 4, 50)}`,
      51,
    ],
    [
      'by VACUUM',
      `${putNotes(1, 200, 1, 500)} DELETE FROM note WHERE id % 2 = 0; VACUUM; ${putNotes(1, 1, 2, 10)}`,
      100,
    ],
    [
      'after the journal was another for a while',
      `${putNotes(1, 20, 1, 500)} PRAGMA journal_mode = DELETE; BEGIN; ${putNotes(1, 60, 2, 500)} ROLLBACK;
       ${putNotes(5, 6, 3, 100)} PRAGMA journal_mode = WAL; ${putNotes(7, 7, 4, 100)}`,
      20,
    ],
    [
      'by a connection that has the file to itself',
      `PRAGMA locking_mode = EXCLUSIVE; ${putNotes(1, 20, 1, 500)} BEGIN; ${putNotes(1, 90, 2, 500)} ROLLBACK;
       ${putNotes(5, 6, 3, 100)} PRAGMA locking_mode = NORMAL; SELECT * FROM note; ${putNotes(7, 7, 4, 100)}`,
      20,
    ],
  ])('%s is in the files at once', async (_how, sql, rows) => {
    const other = nextFile();
    for (const [process, own] of [
      [ours, file],
      [plain, other],
    ] as const) {
      await process.run(own, create(settings));
      await process.run(own, sql);
    }
    const expected = await readNotes(plain, other);

    expect(expected).toHaveLength(rows);
    expect(await recoverNotes(plain, file)).toEqual(expected);
    expect(await readNotes(ours, file)).toEqual(expected);
  });
});

describe('another process with SQLite as it is', () => {
  it('writes in turn, and nothing of ours comes over it later', async () => {
    await ours.run(file, create(USUAL));
    const stored = new Map<number, [number, number]>();
    let version = 0;
    for (const undone of [3, 12, 200, 5, 50]) {
      version += 1;
      await ours.run(file, `BEGIN; ${putNotes(1, undone, 1000, 2000)} ROLLBACK`);
      await plain.run(file, putNotes(version, version + 3, version, 500));
      await ours.run(file, putNotes(version + 1, version + 1, version, 5));
      for (let id = version; id < version + 4; id += 1) stored.set(id, [version, 500]);
      stored.set(version + 1, [version, 5]);
    }
    const expected = [...stored].map(([id, note]) => [id, ...note, 1]);

    for (const process of [ours, plain]) {
      await requireIntegrity(process, file);
      expect(await readNotes(process, file)).toEqual(expected);
    }
    expect(await recoverNotes(plain, file)).toEqual(expected);
  });
});

describe('any sequence of statements', () => {
  const put = fc
    .tuple(fc.nat(40), fc.nat(30), fc.integer({ min: 1, max: 999 }), fc.integer({ max: 900 }))
    .map(([from, more, version, copies]) =>
      putNotes(from, from + more, version, Math.max(1, copies)),
    );
  const conflicting = put.map((sql) => sql.replace('OR REPLACE ', ''));
  const steps = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: put },
      { weight: 1, arbitrary: conflicting },
      { weight: 3, arbitrary: fc.constantFrom('BEGIN', 'COMMIT') },
      { weight: 2, arbitrary: fc.constantFrom('SAVEPOINT a', 'ROLLBACK TO a', 'RELEASE a') },
      {
        weight: 2,
        arbitrary: fc.constantFrom('ROLLBACK', 'DELETE FROM note WHERE id % 3 = 0', 'VACUUM'),
      },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('PASSIVE', 'RESTART', 'TRUNCATE')
          .map((mode) => `PRAGMA wal_checkpoint(${mode})`),
      },
      { weight: 3, arbitrary: fc.constant('recover') },
    ),
    { minLength: 20, maxLength: 40, size: 'max' },
  );
  const settings = fc.record({
    synchronous: fc.constantFrom('OFF', 'NORMAL', 'FULL', 'EXTRA'),
    pageSize: fc.constantFrom(512, 4096, 65_536),
    cachePages: fc.constantFrom(1, 10, 100),
  });

  it('leaves what SQLite leaves, at every moment', async () => {
    await fc.assert(
      fc.asyncProperty(settings, steps, async (chosen, sequence) => {
        const own = nextFile();
        const other = nextFile();
        await ours.run(own, create(chosen));
        await plain.run(other, create(chosen));
        for (const sql of [...sequence, 'recover']) {
          if (sql === 'recover') {
            expect(await recoverNotes(plain, own)).toEqual(await recoverNotes(plain, other));
          } else {
            expect(await ours.attempt(own, sql)).toBe(await plain.attempt(other, sql));
          }
        }
        await ours.close(own);
        expect(await recoverNotes(plain, own)).toEqual(await recoverNotes(plain, other));
        await plain.close(other);
      }),
      { seed: SEED, numRuns: RANDOM_RUNS },
    );
  });
});

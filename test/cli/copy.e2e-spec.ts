/**
 * `user-statuses copy`: another database holds the same data set, and serves it as the first one
 * did. One of the two is a file, the other of the engine that the tests run on.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import {
  copy,
  countRows,
  createFile,
  createTarget,
  dump,
  keptCounts,
  startCopy,
  type CopiedDatabase,
} from '../support/copied-database.js';
import type { Answer } from '../support/client.js';
import { pause } from '../support/faults.js';
import { pageOf, seed, type Changes } from '../support/seed.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION, userStatus } from '../support/user-status.js';

/** In the bodies of every service, whatever its port. */
const PUBLIC_URL = 'http://service.example';
const OTHER_COLLECTION = '/v1.0/deviceManagement/deviceConfigurations/\u{1f600}/userStatuses';
/** Enough to be interrupted. */
const MANY = 12_000;

/** All kinds of values that a request can bring. */
const STATUSES: Readonly<Record<string, Changes>> = {
  plain: {},
  nothing: { userDisplayName: null, userPrincipalName: null },
  'as long as can be': {
    userDisplayName: '\u{1f600}'.repeat(1024),
    userPrincipalName: '\u{10ffff}'.repeat(1024),
  },
  "it's": { userDisplayName: '', userPrincipalName: 'NULL' },
  '\ue000': { userDisplayName: '"a\\" {b},\n\t\u0001c', userPrincipalName: '\\N' },
  '\u{1f600}': { userDisplayName: 'e\u0301 \u00e9 \u00df \u0130', userPrincipalName: ' ' },
  'many digits': { lastReportedDateTime: '2017-02-28T23:59:59.123456789012+13:45' },
  earliest: { lastReportedDateTime: '0001-01-01T00:00:00Z', devicesCount: -2147483648 },
  latest: { lastReportedDateTime: '9999-12-31T23:59:59.999999999999Z', devicesCount: 2147483647 },
  pending: { status: 'unknown' },
  good: { status: 'compliant' },
  mended: { status: 'remediated' },
  bad: { status: 'nonCompliant' },
  failed: { status: 'error' },
  torn: { status: 'conflict' },
  left: { status: 'notAssigned' },
};

const REQUESTS = [
  COLLECTION,
  `${COLLECTION}?$orderby=userDisplayName desc,userPrincipalName&$count=true`,
  `${COLLECTION}?$orderby=lastReportedDateTime`,
  `${COLLECTION}?$filter=status eq 'error' or startswith(userDisplayName,'e')`,
  `${COLLECTION}?$apply=groupby((status),aggregate($count as n))`,
  COLLECTION.replace(/es$/, 'Overview'),
  OTHER_COLLECTION,
  ...Object.keys(STATUSES).map((id) => `${COLLECTION}/${encodeURIComponent(id)}`),
];

/** A file that a service has made. */
let empty: CopiedDatabase;
/** A source with ten rows, and a copy of it. */
let small: [CopiedDatabase, CopiedDatabase];
let created: CopiedDatabase[] = [];

beforeAll(async () => {
  empty = createFile();
  await (await serve(empty)).close();
  small = await createCopy(10);
  created = [];
});

afterAll(() => drop([empty, ...small]));

afterEach(async () => {
  await drop(created);
  created = [];
});

async function drop(databases: readonly CopiedDatabase[]): Promise<void> {
  await Promise.all(databases.map((database) => database.drop()));
}

function keep(database: CopiedDatabase): CopiedDatabase {
  created.push(database);
  return database;
}

function serve({ url }: CopiedDatabase): Promise<OwnTestApp> {
  return startTestApp({ DATABASE_URL: url, PUBLIC_URL });
}

/** A file with rows in it, which nobody serves. */
async function createSource(count: number): Promise<CopiedDatabase> {
  const source = keep(createFile(empty));
  await source.addRows({ configuration: CONFIGURATION, count, nameLength: 20 });
  return source;
}

/** A source, and a copy of it. */
async function createCopy(count: number): Promise<[CopiedDatabase, CopiedDatabase]> {
  const source = await createSource(count);
  const target = keep(await createTarget());
  await copy(source, target);
  return [source, target];
}

/** The same, with ten rows. */
async function createSmallCopy(): Promise<[CopiedDatabase, CopiedDatabase]> {
  return [keep(createFile(small[0])), keep(await createTarget(small[1]))];
}

/** What a caller gets for each of the requests. */
async function askAll({ send }: OwnTestApp): Promise<unknown[]> {
  const answers = await Promise.all(REQUESTS.map((path) => send('GET', path)));
  return answers.map(({ status, text, headers }) => ({ status, text, tag: headers.get('etag') }));
}

function tagOf({ headers }: Answer): string {
  return headers.get('etag')!;
}

function linkBehind(answer: Answer): string {
  return pageOf(answer)['@odata.nextLink']!.replace(PUBLIC_URL, '');
}

function putIn({ stdout }: { stdout: string }): number {
  return Number(/: ([\d,]+) rows? put/.exec(stdout)![1]!.replaceAll(',', ''));
}

describe('a data set of all kinds of values', () => {
  let source: CopiedDatabase;
  let there: CopiedDatabase;
  let back: CopiedDatabase;
  let answers: unknown[];
  let oldTag: string;
  let tag: string;
  let nextLink: string;
  let nextPage: unknown;

  beforeAll(async () => {
    [source, there, back] = [createFile(empty), await createTarget(), createFile()];
    const app = await serve(source);
    await seed(app, { ...STATUSES, gone: {} });
    await seed(app, { other: {} }, OTHER_COLLECTION);
    await app.send('DELETE', `${COLLECTION}/gone`);
    oldTag = tagOf(await app.send('GET', `${COLLECTION}/plain`));
    tag = tagOf(await app.send('PATCH', `${COLLECTION}/plain`, { devicesCount: 5 }));
    answers = await askAll(app);
    nextLink = linkBehind(await app.send('GET', `${COLLECTION}?$top=3&$orderby=userDisplayName`));
    nextPage = pageOf(await app.send('GET', nextLink)).value;
    await app.close();
  });

  afterAll(async () => {
    await Promise.all([source, there, back].map((database) => database.drop()));
  });

  it('is copied there and back with one checksum', async () => {
    const first = await copy(source, there);
    const second = await copy(there, back);

    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect([putIn(first), putIn(second)]).toEqual([17, 17]);
    const alike = /^All is alike: 17 rows with the checksum [\da-f]{64} in 2 collections\.$/m;
    expect(alike.exec(first.stdout)![0]).toBe(alike.exec(second.stdout)?.[0]);
    expect((await copy(source, back, '--compare')).code).toBe(0);
  });

  it.each([
    ['there', () => there],
    ['back', () => back],
  ])('is served from %s with the same bodies, entity tags and page tokens', async (_, copied) => {
    const app = await serve(copied());

    expect(await askAll(app)).toEqual(answers);
    expect(pageOf(await app.send('GET', nextLink)).value).toEqual(nextPage);
    const change = (ifMatch: string) =>
      app.send('PATCH', `${COLLECTION}/plain`, { devicesCount: 6 }, { 'if-match': ifMatch });
    expect((await change(oldTag)).status).toBe(412);
    expect((await change(tag)).status).toBe(200);
    await app.close();
  });
});

describe('a copy', () => {
  it('goes on where it was killed', async () => {
    const source = await createSource(MANY);
    const target = keep(await createTarget());
    const first = startCopy(source, target);
    while (first.child.exitCode === null && !(await target.isBegun())) await pause(5);
    first.child.kill('SIGKILL');
    await first.finished;
    const [found] = await target.query('SELECT COUNT(*) AS "rows" FROM user_status');

    const again = await copy(source, target);

    const left = MANY - Number(found!.rows);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(MANY);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(putIn(again)).toBe(left);
    expect(await keptCounts(target)).toEqual(await countRows(source));
  });

  it('is neither served nor copied before it is complete', async () => {
    const [source, target] = await createSmallCopy();
    await target.query(`UPDATE secret SET value = 'begun' WHERE name = 'copy'`);

    await expect(serve(target)).rejects.toThrow('is a copy that is not complete');
    const { code, stderr } = await copy(target, keep(createFile()));
    expect(code).toBe(1);
    expect(stderr).toContain('is itself a copy that is not complete');

    expect((await copy(source, target)).code).toBe(0);
    const app = await serve(target);
    expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('10');
    await app.close();
  });

  it('is exact when its source is written to no more', async () => {
    const source = await createSource(MANY);
    const target = keep(await createTarget());
    const app = await serve(source);
    let isWriting = true;
    async function write(): Promise<void> {
      for (let i = 0; isWriting; i += 1) {
        const old = `${COLLECTION}/k${String(1 + ((i * 7919) % MANY)).padStart(8, '0')}`;
        await app.send('POST', COLLECTION, userStatus({ id: `new ${String(i)}`, status: 'error' }));
        await app.send('PATCH', old, { status: 'conflict', userDisplayName: String(i) });
        await app.send('DELETE', i % 2 === 0 ? old : `${COLLECTION}/new ${String(i - 1)}`);
      }
    }
    const writing = write();
    const meanwhile = await copy(source, target);
    isWriting = false;
    await writing;
    await app.close();

    expect([0, 3]).toContain(meanwhile.code);
    expect((await copy(source, target)).code).toBe(0);
    expect(await keptCounts(target)).toEqual(await countRows(source));
  });

  it('tells a collection that is not alike, and mends it', async () => {
    const [source, target] = await createCopy(3000);
    const counts = await keptCounts(target);
    await target.query(`UPDATE user_status SET user_display_name = 'x' WHERE id = 'k00001500'`);

    const { code, stdout, stderr } = await copy(source, target, '--compare');
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^\{"deviceConfigurationId":".*","navigation":1\} is not alike: 3,000 rows with the checksum \w+ in --from, 3,000 rows with the checksum \w+ in --to$/,
      ),
      expect.stringMatching(/^Not alike: 1 collection\. /),
      '',
    ]);

    const mended = await copy(source, target);
    expect({ code: mended.code, put: putIn(mended) }).toEqual({ code: 0, put: 1 });
    expect(await keptCounts(target)).toEqual(counts);
  });

  it.each([
    ['holds another data set', 'holds another data set', `UPDATE secret SET value = 'x'`],
    ['was served since', 'has been served since', `DELETE FROM secret WHERE name = 'copy'`],
    [
      'was made by a newer program',
      'newer',
      `INSERT INTO schema_migration (timestamp, name) VALUES (2, 'Later2')`,
    ],
  ])('touches nothing of a target that %s', async (_what, reason, statement) => {
    const [source, target] = await createSmallCopy();
    await target.query(statement);
    await target.query(`UPDATE user_status SET revision = revision + 1 WHERE id = 'k00000005'`);
    const before = await dump(target);

    const { code, stdout, stderr } = await copy(source, target);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(reason);
    expect(await dump(target)).toEqual(before);
  });

  it('replaces what was written to a copy since where it is told to', async () => {
    const [source, target] = await createSmallCopy();
    const app = await serve(target);
    await app.send('DELETE', `${COLLECTION}/k00000001`);
    await app.send('POST', COLLECTION, userStatus({ id: 'new', status: 'error' }));
    await app.close();

    expect((await copy(source, target)).stderr).toContain('say --overwrite');
    expect(await copy(source, target, '--overwrite')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(': 1 row put, 1 removed.\n'),
    });
    expect(await keptCounts(target)).toEqual(await countRows(source));
  });

  it('touches nothing of a target that a service writes to', async () => {
    const source = await createSource(10);
    const target = keep(await createTarget());
    const app = await serve(target);
    await seed(app, { alex: {} });

    const { code, stderr } = await copy(source, target);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      / cannot be copied to: a service (?:has it open|uses it): stop that first\n$/,
    );
    expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('1');
    await app.close();
  });
});

describe('a source', () => {
  it.each([
    ['that no service has ever used', 'no service has ever used', 'DROP TABLE schema_migration'],
    ['that an older program made', 'older', 'DELETE FROM schema_migration'],
    [
      'that a newer program made',
      'newer',
      `INSERT INTO schema_migration (timestamp, name) VALUES (2, 'Later2')`,
    ],
    [
      'with a number that is not exact',
      '2^53',
      'UPDATE user_status SET revision = 9007199254740992',
    ],
  ])('%s is refused', async (_what, reason, statement) => {
    const [, source] = await createSmallCopy();
    await source.query(statement);

    const { code, stderr } = await copy(source, keep(createFile()));

    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });

  it('may have the greatest revision that is exact', async () => {
    const [, source] = await createSmallCopy();
    await source.query('UPDATE user_status SET revision = 9007199254740991');
    const target = keep(createFile());

    expect((await copy(source, target)).code).toBe(0);
    expect(
      await target.query('SELECT DISTINCT CAST(revision AS text) AS "text" FROM user_status'),
    ).toEqual([{ text: '9007199254740991' }]);
  });
});

/** Lists of PostgreSQL: their order, and what becomes of those that nobody waits for. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import pg from 'pg';

import { parsePostgresUrl } from '../../../src/config/postgres-url.js';
import {
  SelectingConnection,
  type SelectedRows,
} from '../../../src/database/postgres/selecting-connection.js';
import { Deadline } from '../../../src/database/threads/deadline.js';
import { pause } from '../../support/faults.js';
import { query } from '../../support/postgres.js';
import { seed, type Changes } from '../../support/seed.js';
import { signToken } from '../../support/sign-token.js';
import { StatementProxy } from '../../support/statement-proxy.js';
import { startTestApp, type OwnTestApp } from '../../support/test-app.js';
import { COLLECTION } from '../../support/user-status.js';

/** Longer than an index holds of it, in four bytes a character, and alike in the part it does. */
const LONG = '😀'.repeat(1020);
const BETWEEN = '😀'.repeat(300);
const NAMES = ['', '~', 'ﬀ', '\uffff', '𝒳', '😀', `${LONG}a`, `${LONG}b`, `${LONG}ﬀ`, `${LONG}𝒳`];

let app: OwnTestApp;
let url: string;
/** Another service on the same database, and what is between the two. */
let far: OwnTestApp;
let proxy: StatementProxy;

beforeAll(async () => {
  app = await startTestApp();
  url = app.database.env.DATABASE_URL!;
  proxy = await StatementProxy.to(url);
  far = await startTestApp({ DATABASE_URL: proxy.through(url) });
  const rows = Array.from({ length: 3 }, (_, copy) =>
    [null, ...NAMES].map((name, i) => [
      `${String(i).padStart(2, '0')}-${String(copy)}`,
      { userDisplayName: name, userPrincipalName: name },
    ]),
  ).flat();
  await seed(app, Object.fromEntries(rows) as Record<string, Changes>);
}, 60_000);

afterAll(async () => {
  await far.close();
  proxy.close();
  await app.close();
});

async function pageThrough(option: string): Promise<string[]> {
  const ids: string[] = [];
  let next: string | undefined = `${COLLECTION}?$select=id&$top=2&${option}`;
  while (next !== undefined) {
    const answer = await app.send('GET', next);
    expect(answer.status).toBe(200);
    const page = answer.body as { value: { id: string }[]; '@odata.nextLink'?: string };
    ids.push(...page.value.map(({ id }) => id));
    next = page['@odata.nextLink'];
  }
  return ids;
}

describe('texts are in the order of their code points, nulls first, page by page', () => {
  const ids = [null, ...NAMES].flatMap((_, i) =>
    [0, 1, 2].map((copy) => `${String(i).padStart(2, '0')}-${String(copy)}`),
  );

  it.each(['userDisplayName', 'userPrincipalName'])('%s', async (property) => {
    expect(await pageThrough(`$orderby=${property}`)).toEqual(ids);
    expect(await pageThrough(`$orderby=${property} desc`)).toEqual([...ids].reverse());
  });

  it.each([
    [`userDisplayName gt '${BETWEEN}'`, ids.slice(21)],
    [`userDisplayName le '${BETWEEN}'`, ids.slice(3, 21)],
    [`userDisplayName eq '${BETWEEN}'`, []],
    [`userDisplayName in ('~','${BETWEEN}')`, ids.slice(6, 9)],
    ['userDisplayName eq null', ids.slice(0, 3)],
  ])('compared with one of more characters than an index holds (%#)', async (filter, expected) => {
    expect(await pageThrough(`$filter=${encodeURIComponent(filter)}`)).toEqual(expected);
  });
});

/** What the readers of the service are at, as the server sees it. */
async function findRunning(): Promise<unknown[]> {
  return query(
    url,
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
       AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%user_status%'`,
  );
}

async function untilRunning(count: number): Promise<void> {
  while ((await findRunning()).length !== count) await pause(20);
}

/** A reader waits for the table, as long as it may. */
async function whileLocked(act: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN; LOCK TABLE user_status IN ACCESS EXCLUSIVE MODE');
  try {
    await act();
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}

const LISTS = [
  ['that is a walk along an index', '$top=1'],
  ['that PostgreSQL tells', "$filter=contains(id,'x')"],
  ['that is judged', "$filter=matchesPattern(id,'x')"],
];

const COME_AGAIN = { status: 503, body: { error: { code: 'ServiceUnavailable' } } };

describe('what takes too long', () => {
  it.each(LISTS)('ends on the server when its caller goes: %s', async (_what, option) => {
    await whileLocked(async () => {
      const caller = new AbortController();
      const asked = fetch(`${app.url}${COLLECTION}?${option}`, {
        headers: { authorization: `Bearer ${app.token}` },
        signal: caller.signal,
      });
      await untilRunning(1);
      caller.abort();
      await expect(asked).rejects.toThrow();
      await untilRunning(0);
    });

    expect(await app.send('GET', `${COLLECTION}?${option}`)).toMatchObject({ status: 200 });
  });
});

it('a thread may decide on rows for as long as a query may take', async () => {
  const longest = 60_000;
  const deadline = new Deadline(new Int32Array(1));
  const connection = new SelectingConnection(parsePostgresUrl(url), deadline);
  deadline.begin(longest);
  const text = `SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)`;
  const found = await connection.reading(async () => {
    const part = await connection.select({ text, parameters: [] }).next();
    return Number((part.value as SelectedRows).rows[0]![0]);
  });
  connection.close();

  expect(found * 1000).toBeGreaterThanOrEqual(longest);
});

it('one caller, however many lists it asks for, leaves a connection to the others', async () => {
  const authorization = `Bearer ${await signToken(app, 'other')}`;
  const answered: number[] = [];
  let asked: Promise<unknown>[] = [];
  await whileLocked(async () => {
    asked = Array.from({ length: 16 }, async () => {
      answered.push((await app.send('GET', `${COLLECTION}?$top=1`)).status);
    });
    while ((await findRunning()).length < 2) await pause(20);
    const count = await app.send('GET', `${COLLECTION}/$count`, undefined, { authorization });

    expect(count).toMatchObject({ status: 200, text: '33' });
    expect(answered).toEqual([]);
  });
  await Promise.all(asked);

  expect(new Set(answered)).toEqual(new Set([200]));
});

describe('what is not our fault, nor the caller’s, is to be asked again', () => {
  it.each(LISTS)('where somebody else ends it on the server: a list %s', async (_what, option) => {
    await whileLocked(async () => {
      const asked = app.send('GET', `${COLLECTION}?${option}`);
      await untilRunning(1);
      await query(
        url,
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
           AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%user_status%'`,
      );

      expect(await asked).toMatchObject(COME_AGAIN);
    });

    expect(await app.send('GET', `${COLLECTION}?${option}`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['a walk along an index', 'ORDER BY "id"', '$top=1'],
    ['what PostgreSQL tells', 'strpos', "$filter=contains(id,'x')"],
    ['what is to be judged', 'DECLARE', "$filter=matchesPattern(id,'x')"],
    ['what is being judged', 'FETCH', "$filter=matchesPattern(id,'x')"],
  ])('where the connection is lost: %s', async (_what, marker, option) => {
    proxy.catch(marker, 'lost');
    const lost = await far.send('GET', `${COLLECTION}?${option}`);

    expect(proxy.caught).toBe(1);
    expect(lost).toMatchObject(COME_AGAIN);
    expect(lost.headers.get('retry-after')).toBe('1');
    expect(await far.send('GET', `${COLLECTION}?${option}`)).toMatchObject({ status: 200 });
  });
});

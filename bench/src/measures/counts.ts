/** What keeping the counts by status costs writers that meet in one collection: the service's own statement, with and without. */
import { setTimeout } from 'node:timers/promises';

import pg from 'pg';

import { installService } from '../engines/postgres/installations.js';
import { query } from '../engines/postgres/server.js';
import { type LoadResult } from '../load.js';
import { type Pace } from '../pace.js';
import { type Figures } from '../requirements.js';
import { describeRates, runRounds, toRatios } from '../rounds.js';
import { startTarget } from '../target.js';

/** As two replicas have. */
const WRITERS = 4;

/** About as many as share a statement at 64 connections. */
const GROUP_ROWS = 24;

/** Of `src/database/postgres/row-statements.ts`. */
const STATEMENTS = new URL('../../../dist/src/database/postgres/row-statements.js', import.meta.url)
  .href;

const COLLECTION = { property: 'collectionId', name: 'collection_id', type: 'bigint' };

/** In the order of their parameters. */
const MEMBERS = {
  id: 'text',
  revision: 'bigint',
  devices_count: 'integer',
  status: 'smallint',
  last_reported_date_time: 'text',
  last_reported_instant: 'text',
  user_display_name: 'text',
  user_principal_name: 'text',
};

type Insert = (client: pg.Client, bucket: number, rows: readonly unknown[][]) => Promise<unknown>;

export async function measureCounts(pace: Pace): Promise<Figures> {
  // The service has made the tables, and does not run.
  const installation = await installService();
  await (await startTarget(installation)).stop();
  const url = installation.databaseUrl;

  const counted = await toCountedInsert();
  const plain = toPlainInsert();
  const { kept, none } = await runRounds(
    `counts, ${WRITERS} writers in one collection`,
    {
      kept: (seconds) => insertFor(url, seconds, counted),
      none: (seconds) => insertFor(url, seconds, plain),
    },
    pace,
  );
  await requireCounts(url);
  await installation.remove();
  return {
    counts: {
      values: toRatios(kept, none, 'perSecond'),
      detail: `${describeRates(kept, none)}; groups of ${GROUP_ROWS}`,
    },
  };
}

async function toCountedInsert(): Promise<Insert> {
  const members = Object.entries(MEMBERS).map(([name, type]) => ({ property: name, name, type }));
  const column = (name: string) => members.find((member) => member.name === name)!;
  const { toRowStatements } = await import(STATEMENTS);
  const { insert: text } = toRowStatements({
    table: 'user_status',
    counts: 'user_status_count',
    collection: COLLECTION,
    key: column('id'),
    revision: column('revision'),
    counted: 'status',
    members,
  });
  return (client, bucket, rows) =>
    client.query({ name: 'insert', text, values: [...toColumns(rows), bucket] });
}

/** The same without the counts. Its rows are in another collection: what is counted has to be right. */
function toPlainInsert(): Insert {
  const names = ['collection_id', ...Object.keys(MEMBERS)];
  const types = ['bigint', ...Object.values(MEMBERS)];
  const text = `
    INSERT INTO user_status (${names.join(', ')})
    SELECT * FROM unnest(${types.map((type, n) => `$${n + 1}::${type}[]`).join(', ')})
    ON CONFLICT (collection_id, id) DO NOTHING RETURNING collection_id, id`;
  return (client, _bucket, rows) =>
    client.query({ name: 'plain', text, values: toColumns(rows.map(([, ...row]) => [0, ...row])) });
}

/** One array for each column. */
function toColumns(rows: readonly unknown[][]): unknown[][] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]));
}

async function insertFor(url: string, seconds: number, insert: Insert): Promise<LoadResult> {
  const start = performance.now();
  let answers = 0;
  let isOver = false;
  void setTimeout(seconds * 1000).then(() => (isOver = true));

  async function write(bucket: number): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    while (!isOver) {
      await insert(client, bucket, nextGroup());
      answers += GROUP_ROWS;
    }
    await client.end();
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, bucket) => write(bucket)));
  const elapsed = (performance.now() - start) / 1000;
  const perSecond = answers / elapsed;
  const meanMs = (1000 * WRITERS * GROUP_ROWS) / perSecond;
  return { answers, failed: 0, broken: 0, seconds: elapsed, perSecond, meanMs, p50Ms: 0, p99Ms: 0 };
}

let made = 0;

/** Rows in the order of their keys. */
function nextGroup(): unknown[][] {
  return Array.from({ length: GROUP_ROWS }, () => {
    made += 1;
    const user = ((made * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
    return [
      1,
      `0000-${made.toString().padStart(12, '0')}`,
      made,
      made % 7,
      made % 8,
      '2026-11-26T12:34:56.1234567Z',
      `063931${(made % 1_000_000).toString().padStart(6, '0')}1234567`,
      `User ${user}`,
      `${user}@contoso.example`,
    ];
  });
}

/** Throws where the counts are not those of the rows. */
async function requireCounts(url: string): Promise<void> {
  const [row] = await query<{ isRight: boolean }>(
    url,
    `SELECT (SELECT sum(count) FROM user_status_count) =
       (SELECT count(*) FROM user_status WHERE collection_id = 1) AS "isRight"`,
  );
  if (row?.isRight !== true) throw new Error('the counts are not those of the rows');
}

/** A page is a walk along an index, however PostgreSQL estimates, and wherever the page lies. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { WALKS } from '../../../src/database/postgres/connections.js';
import { postgresDialect } from '../../../src/database/postgres/postgres-dialect.js';
import type { Query, Statement } from '../../../src/database/query.js';
import type { StoredRow, Table } from '../../../src/database/table.js';
import type { PageQuery } from '../../../src/entity-sets/storage/collection-rows.js';
import { EntityQueries } from '../../../src/entity-sets/storage/entity-queries.js';
import { parseFilter } from '../../../src/odata/expressions/expression-parser.js';
import { parseOrderBy } from '../../../src/odata/expressions/order-by.js';
import { Patterns } from '../../../src/odata/expressions/patterns.js';
import { USER_STATUS } from '../../../src/user-statuses/model/user-statuses.set.js';
import { createMigratedDatabase, type CreatedDatabase } from '../../support/postgres.js';

const LARGE = 1;
const ROWS = 100_000;
const PAGE = 100;

/**
 * A large collection beside many small ones: of the large one a third has no name, a third one and
 * the same, and one row in a thousand has a status of its own.
 */
const SEED = `
  INSERT INTO user_status
  SELECT CASE WHEN i <= ${String(ROWS)} THEN ${String(LARGE)} ELSE i END, i, i % 50,
    CASE WHEN i % 1000 = 0 THEN 5 ELSE 2 END,
    'k' || lpad(i::text, 8, '0'), '2024-01-01T00:00:00Z', lpad((i % 5000)::text, 12, '0'),
    CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN 'Same' ELSE 'n' || i::text END,
    repeat('😀', 1000) || i::text
  FROM generate_series(1, ${String(ROWS + 5000)}) AS i`;

const COLUMNS: Readonly<Record<string, string>> = {
  collectionId: 'collection_id',
  id: 'id',
  devicesCount: 'devices_count',
  lastReportedDateTime: 'last_reported_date_time',
  lastReportedInstant: 'last_reported_instant',
  status: 'status',
  userDisplayName: 'user_display_name',
  userPrincipalName: 'user_principal_name',
  revision: 'revision',
};

const TABLE: Table<StoredRow> = {
  name: '"user_status"',
  counts: '"user_status_count"',
  columns: new Map(
    Object.entries(COLUMNS).map(([name, column]) => [name as keyof StoredRow, `"${column}"`]),
  ),
  indexed: new Set(Object.keys(COLUMNS) as (keyof StoredRow)[]),
  collectionId: () => Promise.resolve(LARGE),
  keyOf: (_collection, id) => id,
};

const queries = new EntityQueries(USER_STATUS, TABLE, { name: 'status', counts: TABLE.counts });

let database: CreatedDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createMigratedDatabase();
  client = new pg.Client({ connectionString: database.url, options: WALKS });
  await client.connect();
  await client.query('ALTER TABLE user_status SET (autovacuum_enabled = off)');
  await client.query(SEED);
}, 120_000);

afterAll(async () => {
  await client.end();
  await database.drop();
});

function toPage(filter: string | undefined, orderBy: string | undefined, after?: unknown[]) {
  const context = {
    entityType: USER_STATUS,
    purpose: 'x',
    aliases: new Map<string, string>(),
    now: '',
    patterns: new Patterns(),
  };
  const query: PageQuery = {
    filter:
      filter === undefined ? undefined : parseFilter(filter, { ...context, option: '$filter' }),
    search: undefined,
    orderBy: parseOrderBy(orderBy, { ...context, option: '$orderby' }, ['id']),
    after: after as string[] | undefined,
    skip: 0,
    limit: { rows: PAGE, characters: 1_000_000, charactersOfRow: 400 },
    patterns: [],
  };
  return query;
}

interface Node {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Node[];
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** The nodes of a plan that was run as one that is prepared, with and without its parameters. */
async function run(
  { text, parameters }: Statement,
  mode: 'force_generic_plan' | 'force_custom_plan',
): Promise<Node[]> {
  await client.query(`SET plan_cache_mode = ${mode}`);
  await client.query(`PREPARE asked AS ${text}`);
  try {
    const values = parameters.map((value) =>
      value === null ? 'NULL' : pg.escapeLiteral(String(value as string | bigint | number)),
    );
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) EXECUTE asked (${values.join(', ')})`,
    );
    return nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
  } finally {
    await client.query('DEALLOCATE asked');
  }
}

/** How many rows were looked at, whether they were returned or not. */
function countRead(nodes: readonly Node[]): number {
  return nodes
    .filter((node) => node['Node Type'].includes('Scan') && node.Plans === undefined)
    .reduce(
      (sum, node) =>
        sum +
        (node['Actual Rows'] +
          (node['Rows Removed by Filter'] ?? 0) +
          (node['Rows Removed by Index Recheck'] ?? 0)) *
          node['Actual Loops'],
      0,
    );
}

async function readBy(query: Query<unknown>): Promise<number[]> {
  const [statement, ...others] = query.toStatements(postgresDialect);
  expect(others).toEqual([]);
  const read: number[] = [];
  for (const mode of ['force_generic_plan', 'force_custom_plan'] as const) {
    const nodes = await run(statement!, mode);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    read.push(countRead(nodes));
  }
  return read;
}

/** At most two stretches, each of which reads one row more than the page holds; and a few groups. */
const MOST = 2 * (PAGE + 1) + 60;

const MIDDLE = 'k00050000';
const LONG = '😀'.repeat(1000);

const PAGES: [string | undefined, string | undefined, (string | null)[] | undefined][] = [
  [undefined, undefined, undefined],
  [undefined, undefined, [MIDDLE]],
  [undefined, 'id desc', [MIDDLE]],
  ["status eq 'error'", undefined, undefined],
  ["status eq 'error'", undefined, [MIDDLE]],
  ["status eq 'error'", 'status', ['5', MIDDLE]],
  [undefined, 'status', undefined],
  [undefined, 'status desc', ['2', MIDDLE]],
  [undefined, 'devicesCount', ['25', MIDDLE]],
  [undefined, 'devicesCount desc', ['0', 'k00000100']],
  ['devicesCount ge 7 and devicesCount lt 9', 'devicesCount', undefined],
  [undefined, 'lastReportedDateTime', ['000000002500', MIDDLE]],
  [undefined, 'lastReportedDateTime desc', undefined],
  ["userPrincipalName eq 'x'", undefined, [MIDDLE]],
  ["userDisplayName gt 'n5'", 'userDisplayName', undefined],
  [undefined, 'userDisplayName', undefined],
  [undefined, 'userDisplayName', [null, MIDDLE]],
  [undefined, 'userDisplayName', ['Same', MIDDLE]],
  [undefined, 'userDisplayName', ['n50000', MIDDLE]],
  [undefined, 'userDisplayName desc', undefined],
  [undefined, 'userDisplayName desc', ['n50000', MIDDLE]],
  [undefined, 'userDisplayName desc', [null, MIDDLE]],
];

describe.each([
  ['before the table was analysed', undefined],
  ['with its statistics', 'ANALYZE user_status'],
])('%s', (_when, prepare) => {
  beforeAll(async () => {
    if (prepare !== undefined) await client.query(prepare);
  }, 60_000);

  it.each(PAGES)(
    'a page reads no more than it holds: filtered by %s, in the order of %s, behind %j',
    async (filter, orderBy, after) => {
      const query = queries.page(LARGE, toPage(filter, orderBy, after));

      expect(query.isQuick).toBe(true);
      for (const read of await readBy(query)) expect(read).toBeLessThanOrEqual(MOST);
    },
    60_000,
  );

  it.each(['id', 'devicesCount desc', 'userDisplayName', 'userDisplayName desc'])(
    'what is skipped is a walk, too: in the order of %s',
    async (orderBy) => {
      const query = queries.position(LARGE, { ...toPage(undefined, orderBy), skip: 1000 });

      // Who sorts what is sorted in part looks at the next row, too.
      for (const read of await readBy(query)) expect(read).toBeLessThanOrEqual(1001);
    },
    60_000,
  );
});

it('of texts that no index holds whole, those that begin alike are sorted together', async () => {
  const query = queries.page(LARGE, toPage(undefined, 'userPrincipalName', [LONG, MIDDLE]));
  const [statement] = query.toStatements(postgresDialect);
  const { rows } = await client.query(statement!.text, [...statement!.parameters]);

  // By code point: '1' < '10' < '100' …
  expect(rows.slice(0, 3).map((row: { id: string }) => row.id)).toEqual([
    'k00000001',
    'k00000010',
    'k00000100',
  ]);
  expect(rows).toHaveLength(PAGE + 1);
}, 60_000);

it('what is nested is planned once, as it stands', async () => {
  const depth = 6;
  let nested = 'userDisplayName';
  for (let i = 0; i < depth; i += 1) {
    nested = `case(${nested} ge userPrincipalName:userDisplayName,true:userPrincipalName)`;
  }
  const query = queries.page(LARGE, toPage(`${nested} ge id`, undefined));
  const [statement] = query.toStatements(postgresDialect);
  const { text, parameters } = statement!;
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...parameters]);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');

  expect(plan.match(/(?:Sub|Init)Plan \d+$/gm)).toHaveLength(depth);
}, 60_000);

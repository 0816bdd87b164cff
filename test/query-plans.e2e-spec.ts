import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';

import { sqlDialect } from '../src/database/data-source.js';
import { parseFilter } from '../src/odata/expression-parser.js';
import { parseOrderBy } from '../src/odata/order-by.js';
import { parseSearch } from '../src/odata/search-parser.js';
import { UserStatus } from '../src/user-statuses/user-status.entity.js';
import { USER_STATUS } from '../src/user-statuses/user-status.fields.js';
import { UserStatusQueries, type Sql } from '../src/user-statuses/user-statuses.query.js';
import { startTestApp, type TestApp } from './support/test-app.js';

/** The key of a collection. */
const COLLECTION = 1;

let app: TestApp;
let database: DataSource;
let queries: UserStatusQueries;

beforeAll(async () => {
  app = await startTestApp();
  database = app.app.nest.get(DataSource);
  const { tablePath, columns } = database.getMetadata(UserStatus);
  const names = columns.map(({ propertyName, databaseName }) => [
    propertyName as keyof UserStatus,
    `"${databaseName}"`,
  ]);
  queries = new UserStatusQueries(
    { name: `"${tablePath}"`, columns: new Map(names as [keyof UserStatus, string][]) },
    sqlDialect,
  );
});

afterAll(async () => {
  await app.close();
});

/** Each step of the plan, in SQLite's words. */
async function planOf({ text, parameters }: Sql): Promise<string[]> {
  const steps = await database.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${text}`, [
    ...parameters,
  ]);
  return steps.map(({ detail }) => detail);
}

function toQuery(filter: string | undefined, orderBy: string | undefined, after?: unknown[]) {
  const context = { entityType: USER_STATUS, purpose: 'x', aliases: new Map(), now: '' };
  return {
    filter:
      filter === undefined ? undefined : parseFilter(filter, { ...context, option: '$filter' }),
    search: undefined,
    orderBy: parseOrderBy(orderBy, { ...context, option: '$orderby' }),
    after: after as string[] | undefined,
    skip: 0,
    limit: 100,
    maxCharacters: 1_000_000,
  };
}

async function planOfCount(filter: string | undefined): Promise<string[]> {
  const { filter: parsed, search } = toQuery(filter, undefined);
  return planOf(queries.count(COLLECTION, { filter: parsed, search }));
}

/** A search along an index, within the one collection, in the index's own order. */
const WALK = /^SEARCH user_status USING (?:(?:COVERING )?INDEX \w+|PRIMARY KEY) \(collection_id=\?/;

const INSTANT = '063871000000';

describe('a page is a walk along an index', () => {
  it.each([
    [undefined, undefined, undefined],
    [undefined, 'id desc', ['k']],
    [undefined, undefined, ['k']],
    ["status eq 'error'", undefined, undefined],
    ["status eq 'error'", undefined, ['k']],
    ["status in ('error','conflict')", undefined, ['k']],
    ["userPrincipalName eq 'x'", undefined, ['k']],
    ['lastReportedDateTime ge 2024-01-01', 'lastReportedDateTime desc', undefined],
    ['lastReportedDateTime ge 2024-01-01', 'lastReportedDateTime desc', [INSTANT, 'k']],
    [undefined, 'devicesCount', ['5', 'k']],
    [undefined, 'devicesCount desc', ['5', 'k']],
    [undefined, 'status', ['5', 'k']],
    [undefined, 'status desc', ['5', 'k']],
    [undefined, 'lastReportedDateTime', [INSTANT, 'k']],
    [undefined, 'lastReportedDateTime desc', [INSTANT, 'k']],
    [undefined, 'userDisplayName', ['n', 'k']],
    [undefined, 'userDisplayName desc', ['n', 'k']],
    [undefined, 'userDisplayName', [null, 'k']],
    [undefined, 'userDisplayName desc', [null, 'k']],
    [undefined, 'userPrincipalName', ['n', 'k']],
    [undefined, 'userPrincipalName desc', ['n', 'k']],
  ])('filtered by %s, in the order of %s, behind %j', async (filter, orderBy, after) => {
    const steps = queries.pages(COLLECTION, toQuery(filter, orderBy, after));
    const plans = await Promise.all(steps.map(async (toSql) => planOf(toSql(101))));

    expect(plans.length).toBeGreaterThan(0);
    expect(plans).toEqual(plans.map(() => [expect.stringMatching(WALK)]));
  });

  it.each([
    ['id', undefined, ['k'], ['id>?']],
    ['id desc', undefined, ['k'], ['id<?']],
    ['devicesCount', undefined, ['5', 'k'], ['devices_count=? AND id>?', 'devices_count>?']],
    [
      'lastReportedDateTime desc',
      undefined,
      [INSTANT, 'k'],
      ['last_reported_instant=? AND id<?', 'last_reported_instant<?'],
    ],
    [
      'userDisplayName',
      undefined,
      [null, 'k'],
      ['user_display_name=? AND id>?', 'user_display_name>?'],
    ],
    [
      'userDisplayName desc',
      undefined,
      ['n', 'k'],
      ['user_display_name=? AND id<?', 'user_display_name<?', 'user_display_name=?'],
    ],
    ['id', "status eq 'error'", ['k'], ['status=? AND id>?']],
    ['id', "userPrincipalName eq 'x'", ['k'], ['user_principal_name=? AND id>?']],
    ['id desc', 'userPrincipalName eq null', ['k'], ['user_principal_name=? AND id<?']],
  ])(
    'that begins at the position: %s, filtered by %s, behind %j',
    async (orderBy, filter, after, ranges) => {
      const statements = queries.pages(COLLECTION, toQuery(filter, orderBy, after));
      const plans = await Promise.all(statements.map((toSql) => planOf(toSql(101))));

      expect(plans.flat().map((step) => /collection_id=\? AND (.*)\)$/.exec(step)?.[1])).toEqual(
        ranges,
      );
    },
  );
});

describe('what is skipped is a walk along an index alone', () => {
  it.each([
    'id',
    'devicesCount desc',
    'status',
    'lastReportedDateTime desc',
    'userDisplayName',
    'userPrincipalName desc',
  ])('in the order of %s', async (orderBy) => {
    const query = { ...toQuery(undefined, orderBy), skip: 1000 };

    expect(await planOf(queries.position(COLLECTION, query))).toEqual([
      expect.stringMatching(orderBy === 'id' ? WALK : /^SEARCH user_status USING COVERING INDEX/),
    ]);
  });
});

describe('a count is a walk along an index', () => {
  it.each([
    'devicesCount gt 5',
    'lastReportedDateTime lt 2024-01-01',
    "userDisplayName eq 'x'",
    'userPrincipalName eq null',
  ])('filtered by %s', async (filter) => {
    expect(await planOfCount(filter)).toEqual([
      expect.stringMatching(/^SEARCH user_status USING COVERING INDEX .* AND (?:\w+[=<>]\?)\)$/),
    ]);
  });

  it.each([
    [undefined, ''],
    ["status eq 'error'", ' AND status=?'],
    ["status in ('error','conflict')", ' AND status=?'],
    ["not (status eq 'error')", ''],
    ["contains(cast(status,Edm.String),'on')", ''],
    ['now() gt 2024-01-01', ''],
  ])('of the counts that the database keeps, filtered by %s', async (filter, range) => {
    expect(await planOfCount(filter)).toEqual([
      `SEARCH user_status_count USING PRIMARY KEY (collection_id=?${range})`,
    ]);
  });

  it('of the rows, where another property is named, too', async () => {
    expect(await planOfCount("status eq 'error' and id ne 'x'")).toEqual([
      expect.stringMatching(WALK),
    ]);
  });

  it('of the rows, where there is a search', async () => {
    const search = parseSearch('x');
    expect(await planOf(queries.count(COLLECTION, { filter: undefined, search }))).toEqual([
      expect.stringMatching(WALK),
    ]);
  });
});

it('the overview reads the counts that the database keeps, and the end of one index', async () => {
  const plan = await planOf(queries.overview(COLLECTION));

  expect(plan).toEqual([
    expect.stringMatching(/^SEARCH user_status_count USING PRIMARY KEY /),
    expect.stringMatching(/^SCALAR SUBQUERY/),
    expect.stringMatching(/^SEARCH user_status USING INDEX user_status_last_reported_instant /),
  ]);
});

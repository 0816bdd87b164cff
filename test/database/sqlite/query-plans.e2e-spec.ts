import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database as Connection } from 'better-sqlite3';

import { Database } from '../../../src/database/database.js';
import type { Query, Statement } from '../../../src/database/query.js';
import { openForReading } from '../../../src/database/sqlite/connection.js';
import { registerFunctions, sqliteDialect } from '../../../src/database/sqlite/sqlite-dialect.js';
import { loadSqliteDriver } from '../../../src/database/sqlite/sqlite-driver.js';
import { parseFilter } from '../../../src/odata/expressions/expression-parser.js';
import { parseOrderBy } from '../../../src/odata/expressions/order-by.js';
import { Patterns } from '../../../src/odata/expressions/patterns.js';
import { parseSearch } from '../../../src/odata/expressions/search-parser.js';
import { UserStatusCollection } from '../../../src/user-statuses/model/user-status-collection.entity.js';
import { UserStatus } from '../../../src/user-statuses/model/user-status.entity.js';
import { USER_STATUS } from '../../../src/user-statuses/model/user-statuses.set.js';
import { EntityQueries } from '../../../src/entity-sets/storage/entity-queries.js';
import { databaseFileIn } from '../../support/sqlite-database.js';
import { startNestApp, type NestApp } from '../../support/nest-app.js';
import { Sqlite } from '../../support/sqlite.js';

/** The key of a collection. */
const COLLECTION = 1;

let app: NestApp;
let connection: Connection;
let queries: EntityQueries<UserStatus>;

beforeAll(async () => {
  app = await startNestApp();
  const database = app.app.nest.get(Database);
  queries = createQueries(database);
  connection = openForReading(await loadSqliteDriver(), databaseFileIn(app));
  registerFunctions(connection, () => undefined);
});

afterAll(async () => {
  connection.close();
  await app.close();
});

/** As the service makes them when it starts: of what the database has then. */
function createQueries(database: Database): EntityQueries<UserStatus> {
  const table = database.table({
    entity: UserStatus,
    collections: UserStatusCollection,
    counts: { table: 'user_status_count', by: 'status' },
  });
  const kept = { name: 'status', counts: table.counts };
  return new EntityQueries(USER_STATUS, table, kept);
}

/** Each step of the plan, in SQLite's words. */
function planOf({ text, parameters }: Statement): string[] {
  const steps = connection.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...parameters);
  return (steps as { detail: string }[]).map(({ detail }) => detail);
}

function plansOf({ toStatements }: Query<unknown>): string[][] {
  return toStatements(sqliteDialect).map(planOf);
}

function toQuery(filter: string | undefined, orderBy: string | undefined, after?: unknown[]) {
  const context = {
    entityType: USER_STATUS,
    purpose: 'x',
    aliases: new Map<string, string>(),
    now: '',
    patterns: new Patterns(),
  };
  return {
    filter:
      filter === undefined ? undefined : parseFilter(filter, { ...context, option: '$filter' }),
    search: undefined,
    orderBy: parseOrderBy(orderBy, { ...context, option: '$orderby' }, ['id']),
    after: after as string[] | undefined,
    skip: 0,
    limit: { rows: 100, characters: 1_000_000, charactersOfRow: 400 },
    patterns: [],
  };
}

function planOfCount(filter: string | undefined): string[] {
  return plansOf(queries.count(COLLECTION, toQuery(filter, undefined))).flat();
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
  ])('filtered by %s, in the order of %s, behind %j', (filter, orderBy, after) => {
    const plans = plansOf(queries.page(COLLECTION, toQuery(filter, orderBy, after)));

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
    (orderBy, filter, after, ranges) => {
      const plans = plansOf(queries.page(COLLECTION, toQuery(filter, orderBy, after)));

      expect(plans.flat().map((step) => /collection_id=\? AND (.*)\)$/.exec(step)?.[1])).toEqual(
        ranges,
      );
    },
  );
});

describe('what is read without a thread of its own is one range of an index', () => {
  it.each([
    [undefined, undefined, undefined, ['']],
    ["id gt 'a' and id le 'z'", 'id desc', undefined, ['id>? AND id<?']],
    ["status eq 'error'", undefined, undefined, ['status=?']],
    ["status eq 'error'", undefined, ['k'], ['status=? AND id>?']],
    ["'error' eq status and id lt 'z'", 'id desc', undefined, ['status=? AND id<?']],
    ["status eq 'error'", 'status', ['5', 'k'], ['status=? AND id>?', 'status=?']],
    ['devicesCount ge 1', 'devicesCount', undefined, ['devices_count>?']],
    [
      'devicesCount ge 1 and devicesCount lt 5',
      'devicesCount desc',
      undefined,
      ['devices_count>? AND devices_count<?'],
    ],
    [
      'lastReportedDateTime ge 2024-01-01T00:00:00Z',
      'lastReportedDateTime',
      undefined,
      ['last_reported_instant>?'],
    ],
  ])('filtered by %s, in the order of %s, behind %j', (filter, orderBy, after, ranges) => {
    const query = queries.page(COLLECTION, toQuery(filter, orderBy, after));
    const plans = plansOf(query).flat();

    expect(query.isQuick).toBe(true);
    expect(plans).toEqual(plans.map(() => expect.stringMatching(WALK)));
    expect(plans.map((step) => /collection_id=\?(?: AND (.*))?\)$/.exec(step)?.[1] ?? '')).toEqual(
      ranges,
    );
  });

  it.each([
    ['a computed order', toQuery(undefined, 'tolower(id)')],
    ['a filter of no index', toQuery("contains(id,'x')", undefined)],
    ['a search', { ...toQuery(undefined, undefined), search: parseSearch('x') }],
  ])('and what is not looks at the clock for every row: %s', (_what, query) => {
    const { isQuick, toStatements } = queries.page(COLLECTION, query);

    expect(isQuick).toBe(false);
    expect(toStatements(sqliteDialect).map(({ text }) => text.includes('odata_in_time()'))).toEqual(
      [true],
    );
  });

  it('and to skip many is not, either', () => {
    const { isQuick, toStatements } = queries.position(COLLECTION, {
      ...toQuery(undefined, undefined),
      skip: 1001,
    });

    expect(isQuick).toBe(false);
    expect(toStatements(sqliteDialect)[0]!.text).toContain('odata_in_time()');
  });
});

describe('what is skipped is a walk along an index alone', () => {
  it.each([
    'id',
    'devicesCount desc',
    'status',
    'lastReportedDateTime desc',
    'userDisplayName',
    'userPrincipalName desc',
  ])('in the order of %s', (orderBy) => {
    const query = { ...toQuery(undefined, orderBy), skip: 1000 };

    expect(plansOf(queries.position(COLLECTION, query))).toEqual([
      [expect.stringMatching(orderBy === 'id' ? WALK : /^SEARCH user_status USING COVERING INDEX/)],
    ]);
  });
});

describe('a count is a walk along an index', () => {
  it.each([
    'devicesCount gt 5',
    'lastReportedDateTime lt 2024-01-01',
    "userDisplayName eq 'x'",
    'userPrincipalName eq null',
  ])('filtered by %s', (filter) => {
    expect(planOfCount(filter)).toEqual([
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
  ])('of the counts that the database keeps, filtered by %s', (filter, range) => {
    expect(planOfCount(filter)).toEqual([
      `SEARCH user_status_count USING PRIMARY KEY (collection_id=?${range})`,
    ]);
  });

  it('of the rows, where another property is named, too', () => {
    expect(planOfCount("status eq 'error' and id ne 'x'")).toEqual([expect.stringMatching(WALK)]);
  });

  it('of the rows, where there is a search', () => {
    const search = parseSearch('x');
    const criteria = { filter: undefined, search, patterns: [] };
    expect(plansOf(queries.count(COLLECTION, criteria))).toEqual([[expect.stringMatching(WALK)]]);
  });
});

it('the overview reads the counts that the database keeps, and the end of one index', () => {
  const plans = plansOf(queries.overview(COLLECTION, 'lastReportedDateTime'));

  expect(plans.flat()).toEqual([
    expect.stringMatching(/^SEARCH user_status_count USING PRIMARY KEY /),
    expect.stringMatching(/^SCALAR SUBQUERY/),
    expect.stringMatching(/^SEARCH user_status USING INDEX user_status_last_reported_instant /),
  ]);
});

it('what no migration has made an index for is sorted in a thread', () => {
  const file = new Sqlite(databaseFileIn(app));
  file.exec('DROP INDEX "user_status_user_display_name"');
  file.close();
  const withoutIndex = createQueries(app.app.nest.get(Database));
  const isQuick = (filter: string | undefined, orderBy: string | undefined): boolean =>
    withoutIndex.page(COLLECTION, toQuery(filter, orderBy)).isQuick;

  expect(isQuick(undefined, 'userDisplayName')).toBe(false);
  expect(isQuick("userDisplayName eq 'x'", undefined)).toBe(false);
  expect(isQuick(undefined, 'userPrincipalName')).toBe(true);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database as Connection } from 'better-sqlite3';

import { Database } from '../../../src/database/database.js';
import type { Query } from '../../../src/database/query.js';
import { openForReading } from '../../../src/database/sqlite/connection.js';
import { registerFunctions, sqliteDialect } from '../../../src/database/sqlite/sqlite-dialect.js';
import { loadSqliteDriver } from '../../../src/database/sqlite/sqlite-driver.js';
import { GroupQueries } from '../../../src/entity-sets/storage/group-queries.js';
import { toResultType } from '../../../src/odata/aggregation/aggregation.js';
import { MAX_TRANSFORMATIONS, parseApply } from '../../../src/odata/aggregation/apply-parser.js';
import { parseOrderBy } from '../../../src/odata/expressions/order-by.js';
import { Patterns } from '../../../src/odata/expressions/patterns.js';
import { UserStatusCollection } from '../../../src/user-statuses/model/user-status-collection.entity.js';
import { UserStatus } from '../../../src/user-statuses/model/user-status.entity.js';
import { USER_STATUS } from '../../../src/user-statuses/model/user-statuses.set.js';
import { databaseFileIn } from '../../support/sqlite-database.js';
import { startNestApp, type NestApp } from '../../support/nest-app.js';

/** The key of a collection. */
const COLLECTION = 1;

let app: NestApp;
let connection: Connection;
let queries: GroupQueries<UserStatus>;

beforeAll(async () => {
  app = await startNestApp();
  const database = app.app.nest.get(Database);
  const table = database.table({
    entity: UserStatus,
    collections: UserStatusCollection,
    counts: { table: 'user_status_count', by: 'status' },
  });
  const kept = { name: 'status', counts: table.counts };
  queries = new GroupQueries(USER_STATUS, table, kept);
  connection = openForReading(await loadSqliteDriver(), databaseFileIn(app));
  registerFunctions(connection, () => undefined);
});

afterAll(async () => {
  connection.close();
  await app.close();
});

/** Each step of the plans, in SQLite's words. */
function planOf({ toStatements }: Query<unknown>): string[] {
  return toStatements(sqliteDialect).flatMap(({ text, parameters }) => {
    const steps = connection.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...parameters);
    return (steps as { detail: string }[]).map(({ detail }) => detail);
  });
}

function toQuery(apply: string, orderBy?: string, after?: (string | null)[]) {
  const context = {
    entityType: USER_STATUS,
    option: '$apply',
    purpose: 'x',
    aliases: new Map<string, string>(),
    now: '',
    patterns: new Patterns(),
  };
  const applied = parseApply(apply, context);
  const keys = applied.groupings.at(-1)!.keys.map(({ name }) => name);
  const entityType = toResultType(USER_STATUS, applied.groupings);
  return {
    ...applied,
    search: undefined,
    orderBy: parseOrderBy(orderBy, { ...context, entityType }, keys),
    after,
    skip: 0,
    limit: { rows: 100, characters: 1_000_000, charactersOfRow: 400 },
    patterns: [],
  };
}

const KEPT = /^SEARCH user_status_count USING PRIMARY KEY \(collection_id=\?/;

describe('what the counts that the database keeps tell is read from them, and at once', () => {
  it.each([
    ['groupby((status))', undefined],
    ['groupby((status),aggregate($count as n))', undefined],
    ['groupby((status),aggregate($count as n))', 'n desc'],
    [
      "filter(status ne 'error')/groupby((status),aggregate($count as n))/filter(n gt 1)",
      'status desc',
    ],
    ['aggregate($count as n)', undefined],
    ['aggregate($count as n,status with max as s,status with countdistinct as d)', undefined],
    ['groupby((status),aggregate($count as n))/aggregate(n with max as m)', undefined],
  ])('%s, in the order of %s', (apply, orderBy) => {
    const query = toQuery(apply, orderBy);
    for (const read of [queries.page(COLLECTION, query), queries.count(COLLECTION, query)]) {
      const tables = planOf(read).filter((step) => /^(?:SEARCH|SCAN) user_status/.test(step));

      expect(tables).toEqual([expect.stringMatching(KEPT)]);
      expect(read.isQuick).toBe(true);
      expect(read.toStatements(sqliteDialect)[0]!.text).not.toContain('odata_');
    }
  });

  it.each([
    ['another property', "filter(id ne 'x')/groupby((status),aggregate($count as n))"],
    ['another key', 'groupby((status,id),aggregate($count as n))'],
    ['another aggregate', 'groupby((status),aggregate(devicesCount with sum as n))'],
  ])('and not what they do not tell: %s', (_what, apply) => {
    const { isQuick, toStatements } = queries.page(COLLECTION, toQuery(apply));

    expect(isQuick).toBe(false);
    expect(toStatements(sqliteDialect)[0]!.text).not.toContain('user_status_count');
  });
});

describe('groups by one property are a walk along its index that ends with the page', () => {
  it.each([
    ['devicesCount', undefined, undefined, ''],
    ['devicesCount', undefined, ['5'], ' AND devices_count>?'],
    ['devicesCount', 'devicesCount desc', ['5'], ' AND devices_count<?'],
    ['lastReportedDateTime', undefined, ['063871000000'], ' AND last_reported_instant>?'],
    ['userDisplayName', undefined, [null], ' AND user_display_name>?'],
    ['userPrincipalName', undefined, undefined, ''],
    ['userPrincipalName', undefined, ['n'], ' AND user_principal_name>?'],
    ['id', undefined, ['k'], ' AND id>?'],
  ])('%s, in the order of %s, behind %j', (key, orderBy, after, range) => {
    const apply = `groupby((${key}),aggregate($count as n))`;

    expect(planOf(queries.page(COLLECTION, toQuery(apply, orderBy, after)))).toEqual([
      expect.stringMatching(/^SEARCH user_status USING /),
    ]);
    expect(planOf(queries.page(COLLECTION, toQuery(apply, orderBy, after))).join()).toContain(
      `(collection_id=?${range})`,
    );
  });
});

describe('all other groups are sorted, which is sooner done than to look up each row of an index', () => {
  it.each([
    ['several keys', 'groupby((userDisplayName,status),aggregate($count as n))', undefined],
    ['few values', 'groupby((status),aggregate(devicesCount with sum as n))', undefined],
    ['another order', 'groupby((userPrincipalName),aggregate(devicesCount with sum as n))', 'n'],
    [
      'groups of groups',
      'groupby((userPrincipalName),aggregate(devicesCount with sum as n))/aggregate(n with max as m)',
      undefined,
    ],
  ])('%s: %s, in the order of %s', (_what, apply, orderBy) => {
    expect(planOf(queries.page(COLLECTION, toQuery(apply, orderBy)))).toEqual(
      expect.arrayContaining(['SEARCH user_status USING PRIMARY KEY (collection_id=?)']),
    );
  });

  it.each([
    ['the order of what has its index', 'groupby((userPrincipalName),aggregate($count as n))', 'n'],
    ['all of them', 'groupby((userPrincipalName))/aggregate($count as n)', undefined],
  ])('but not where the index has all that is asked for: %s', (_what, apply, orderBy) => {
    expect(planOf(queries.page(COLLECTION, toQuery(apply, orderBy)))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/USING COVERING INDEX user_status_user_principal_name /),
      ]),
    );
  });
});

describe('what may look at many rows', () => {
  const ALL = 'groupby((userDisplayName,status),aggregate($count as n))';

  it('looks at the clock for every row, and for every group', () => {
    const { isQuick, toStatements } = queries.page(COLLECTION, toQuery(ALL));
    const [rows, groups] = toStatements(sqliteDialect)[0]!.text.split(' GROUP BY ');

    expect(isQuick).toBe(false);
    expect(rows).toContain('odata_in_time()');
    expect(groups).toContain('odata_in_time()');
  });

  it('is one statement, however many values the place before it has', () => {
    const query = toQuery(ALL, 'n desc,status', ['5', '2', 'x']);

    expect(queries.page(COLLECTION, query).toStatements(sqliteDialect)).toHaveLength(1);
  });

  it('is as deep as transformations may be', () => {
    const steps = Array.from({ length: MAX_TRANSFORMATIONS }, (_, i) =>
      i === 0 ? 'groupby((id,status))' : `groupby((status),aggregate($count as n${String(i)}))`,
    );

    expect(planOf(queries.page(COLLECTION, toQuery(steps.join('/'))))).not.toEqual([]);
  });
});

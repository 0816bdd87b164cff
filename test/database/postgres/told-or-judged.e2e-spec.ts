/**
 * What PostgreSQL tells itself, and of what it selects the rows that may be meant. Whatever is told
 * by whom, the tests of `test/odata` hold.
 */
import { describe, expect, it } from '@jest/globals';

import { postgresDialect } from '../../../src/database/postgres/postgres-dialect.js';
import type { Statement } from '../../../src/database/query.js';
import type { StoredRow, Table } from '../../../src/database/table.js';
import { EntityQueries } from '../../../src/entity-sets/storage/entity-queries.js';
import { parseFilter } from '../../../src/odata/expressions/expression-parser.js';
import { parseOrderBy } from '../../../src/odata/expressions/order-by.js';
import { Patterns } from '../../../src/odata/expressions/patterns.js';
import { parseSearch } from '../../../src/odata/expressions/search-parser.js';
import { NotExpressible } from '../../../src/odata/sql/sql-dialect.js';
import { USER_STATUS } from '../../../src/user-statuses/model/user-statuses.set.js';

const PROPERTIES = [
  ...USER_STATUS.properties.flatMap(({ name, comparable }) => [name, comparable]),
];
const NAMES = new Set(['collectionId', 'revision', ...PROPERTIES]);

const TABLE: Table<StoredRow> = {
  name: '"rows"',
  counts: '"counts"',
  columns: new Map([...NAMES].map((name) => [name as keyof StoredRow, `"${name}"`])),
  indexed: new Set(),
  collectionId: () => Promise.resolve(1),
  keyOf: (_collection, id) => id,
};

const queries = new EntityQueries(USER_STATUS, TABLE, { name: 'status', counts: TABLE.counts });

function pageOf(filter: string | undefined, orderBy?: string, search?: string) {
  const patterns = new Patterns();
  const context = {
    entityType: USER_STATUS,
    purpose: 'x',
    aliases: new Map<string, string>(),
    now: '2024-01-01T00:00:00Z',
    patterns,
  };
  return queries.page(1, {
    filter:
      filter === undefined ? undefined : parseFilter(filter, { ...context, option: '$filter' }),
    search: search === undefined ? undefined : parseSearch(search),
    orderBy: parseOrderBy(orderBy, { ...context, option: '$orderby' }, ['id']),
    after: undefined,
    skip: 0,
    limit: { rows: 100, characters: 1_000_000, charactersOfRow: 400 },
    patterns: patterns.mentioned,
  });
}

function conditionsOf([statement]: readonly Statement[]): string {
  const { text } = statement!;
  return (
    / WHERE "collectionId" = \$1::bigint(?: AND (.*?))?(?: ORDER BY .*)?$/.exec(text)![1] ?? ''
  );
}

describe('PostgreSQL tells', () => {
  it.each([
    "userDisplayName eq 'x'",
    'userDisplayName ne null',
    "userDisplayName gt userPrincipalName and not (userPrincipalName le 'x')",
    "id in ('a','b') or userDisplayName in ('a',null)",
    "status eq 'error' and status has graph.complianceStatus'error'",
    'devicesCount gt 1.5',
    'devicesCount in (1,2.5)',
    'devicesCount eq 9007199254740993',
    'devicesCount mul 2 add 1 gt 5',
    'devicesCount mod 2 eq 0',
    'devicesCount div -3 eq 1',
    '-devicesCount lt 0',
    "contains(userDisplayName,'é')",
    "startswith(concat(id,userDisplayName),'é')",
    "endswith(userDisplayName,'é')",
    "indexof(userDisplayName,'x') ge length(id)",
    "substring(userDisplayName,1,2) eq 'x'",
    'length(substring(userDisplayName,length(id))) gt 1',
    'year(lastReportedDateTime) eq 2024 and hour(lastReportedDateTime) eq 1',
    'date(lastReportedDateTime) gt 2024-01-01',
    'lastReportedDateTime gt now()',
    "cast(status,Edm.String) eq 'error'",
    "case(devicesCount gt 1:'many',true:'few') eq 'many'",
    'floor(1.5) eq 1',
    'null eq userDisplayName',
  ])('%s', (filter) => {
    expect(pageOf(filter).toStatements(postgresDialect)).toHaveLength(1);
  });

  it.each(['devicesCount desc', 'length(userDisplayName)', "contains(id,'x') desc", 'null'])(
    'the order of %s',
    (orderBy) => {
      expect(pageOf(undefined, orderBy).toStatements(postgresDialect)).toHaveLength(1);
    },
  );
});

describe('SQLite judges', () => {
  it.each([
    ['letters that are not ASCII', "toupper(id) eq 'X'"],
    ['white space that is not ASCII', "trim(id) eq 'x'"],
    ['patterns', "matchesPattern(id,'^a')"],
    ['a sum that no Int64 holds', 'devicesCount mul 9223372036854775807 gt 0'],
    ['a divisor that can be zero', '10 div devicesCount gt 1'],
    ['a remainder of what can be zero', '10 mod devicesCount gt 1'],
    ['doubles, which overflow', 'devicesCount mul 1.5 gt 1'],
    ['a quotient of doubles', 'devicesCount divby 2 gt 1'],
    ['a half that is rounded', 'round(devicesCount divby 2) gt 1'],
    ['a start that is negative', "substring(id,-1) eq 'x'"],
    ['a start that can be negative', "substring(id,devicesCount) eq 'x'"],
    ['digits of numbers', "cast(devicesCount,Edm.String) eq '1'"],
    ['numbers of texts', 'cast(id,Edm.Int32) eq 1'],
    ['fractions of seconds', 'fractionalseconds(lastReportedDateTime) gt 0'],
    ['a time that may have no seconds', 'second(lastReportedDateTime) gt 0'],
    ['offsets', 'totaloffsetminutes(lastReportedDateTime) gt 0'],
    ['durations', "lastReportedDateTime add duration'P1D' gt now()"],
    ['results of several types', 'case(devicesCount gt 1:1,true:1.5) gt 1'],
    ['what may be null on both sides', 'userDisplayName ge null'],
  ])('%s', (_what, filter) => {
    expect(() => pageOf(filter).toStatements(postgresDialect)).toThrow(NotExpressible);
  });

  it.each([
    ["status eq 'error' and matchesPattern(id,'^a')", '("status" = $2::bigint)'],
    ["matchesPattern(id,'^a') or status eq 'error'", ''],
    [
      "tolower(userDisplayName) eq 'x'",
      '(octet_length("userDisplayName") <> char_length("userDisplayName") ' +
        'OR (lower(("userDisplayName") COLLATE "C") = $2::text COLLATE "C"))',
    ],
    // É is not ASCII, and its small letter is not to be had.
    ["tolower(concat(userDisplayName,'É')) eq 'xé'", ''],
  ])('no more rows than PostgreSQL can tell apart: %s', (filter, conditions) => {
    const { statements, isOrdered } = pageOf(filter).toJudging!().toSources(postgresDialect);

    expect(conditionsOf(statements)).toBe(conditions);
    expect(isOrdered).toBe(true);
  });

  it('what a search finds among texts that are not ASCII, and all of the others', () => {
    const page = pageOf(undefined, undefined, 'x NOT y');
    const { statements } = page.toJudging!().toSources(postgresDialect);

    expect(conditionsOf(statements)).toMatch(
      /^\(octet_length\("userDisplayName"\) <> .* OR .*strpos\(lower\(/,
    );
  });

  it('rows that come in no order, where PostgreSQL cannot say the order', () => {
    const { isOrdered } = pageOf(undefined, 'tolower(id)').toJudging!().toSources(postgresDialect);

    expect(isOrdered).toBe(false);
  });
});

import { beforeAll, expect, it } from '@jest/globals';

import {
  MAX_CHAINED_OPERATORS,
  MAX_EXPRESSION_DEPTH,
  MAX_EXPRESSION_TERMS,
} from '../../src/odata/expressions/expression-budget.js';
import { MAX_EXPRESSION_LENGTH } from '../../src/odata/expressions/lexer.js';
import { MAX_PATTERN_LENGTH, MAX_PATTERN_STEPS } from '../../src/odata/expressions/pattern.js';
import { refusalOf } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION } from '../support/user-status.js';

// Nothing here writes: one world serves every row.
let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
});

it.each([
  // No expression.
  ['', 0],
  ['%20', 1],
  ['and', 0],
  ["eq 'x'", 0],
  ['id eq', 5],
  ["id eq 'x' and", 13],
  ["id eq 'x' and and id eq 'y'", 14],
  ["id eq 'x' id", 10],
  ["(id eq 'x'", 10],
  ["id eq 'x')", 9],
  ['()', 1],
  ['not', 3],
  ['-', 1],
  ["id = 'x'", 3],
  ["id == 'x'", 3],
  ["id eq 'x'; DROP TABLE user_status", 9],
  ["id eq 'x' -- ", 10],
  ["id %26%26 'x'", 3],
  ["!(id eq 'x')", 0],
  // Literals.
  ["id eq 'x", 6],
  ["id eq 'x''", 6],
  ['id eq "x"', 6],
  ["id eq 'a%00b'", 6],
  ['id eq x', 6],
  ['devicesCount eq 12x', 16],
  ['devicesCount eq 1.', 17],
  ['devicesCount eq .5', 16],
  ['devicesCount eq 0x10', 16],
  ['devicesCount eq %2B%2B12', 16],
  ['lastReportedDateTime eq 2017-02-30T00:00:00Z', 24],
  ['lastReportedDateTime eq 2017-01-01T24:00:00Z', 24],
  ['lastReportedDateTime eq 2017-01-01T00:00:60Z', 24],
  ['lastReportedDateTime eq 2017-01-01T00:00:00', 24],
  ['lastReportedDateTime eq 2017-01-01T00:00:00.1234567890123Z', 24],
  ['lastReportedDateTime eq 2017-13-01', 24],
  ["lastReportedDateTime sub now() eq duration'1H'", 34],
  ['time(lastReportedDateTime) eq 24:00', 30],
  // Names.
  ['nothing eq 1', 0],
  ['revision eq 1', 0],
  ['last_reported_instant eq 1', 0],
  ['__proto__ eq 1', 0],
  ['constructor() eq 1', 0],
  ['$it eq null', 0],
  ['$root eq null', 0],
  ['id/length eq 1', 0],
  ["userDisplayName/any(n:n eq 'x')", 0],
  ['@p&@p=nothing', 0],
  ['@p&@p=@p', 0],
  ['@p&@p=@q&@q=@p', 0],
  ["id eq @p&@p='x", 0],
  ['id in @p', 0],
  ['id in @p&@p=["a"', 4],
  ['id in @p&@p=["a","\\ud800"]', 5],
  ['id in @p&@p=["a",1]', 5],
  // The enumeration.
  ['status eq compliant', 10],
  ["status eq 'Compliant'", 10],
  ["status eq 'compliant,error'", 10],
  ["status eq '8'", 10],
  ["status eq ''", 10],
  ["status eq microsoft.graph.complianceStatus'x'", 10],
  ["status eq microsoft.graph.nothing'compliant'", 10],
  ["status in ('compliant','x')", 23],
  ['status eq 2', 10],
  ['status has 2', 11],
  ["devicesCount has 'error'", 17],
  ['status has status', 11],
  ['status has (case(true:status))', 12],
  ["contains(status,'x')", 0],
  ['status add 1 eq 2', 7],
  // Types that do not go together.
  ['id', 0],
  ['devicesCount', 0],
  ["'true'", 0],
  ["devicesCount eq '12'", 16],
  ['userDisplayName eq 12', 19],
  ['id eq true', 6],
  ['id eq 00000000-0000-0000-0000-000000000000', 6],
  ["lastReportedDateTime eq '2017-01-01T00:00:00Z'", 24],
  ['lastReportedDateTime eq 2017', 24],
  ['lastReportedDateTime eq 12:00', 24],
  ["lastReportedDateTime eq duration'PT1S'", 24],
  ['devicesCount and true', 0],
  ['true or id', 8],
  ['not id', 4],
  ["not id eq 'x'", 4],
  ["-id eq 'x'", 0],
  ["devicesCount add 'x' eq 1", 13],
  ['lastReportedDateTime add 1 eq null', 21],
  ['lastReportedDateTime add lastReportedDateTime eq null', 21],
  ['devicesCount div 0 eq 1', 17],
  ['devicesCount mod 0 eq 1', 17],
  ['devicesCount div -0 eq 1', 17],
  ['1 eq 2 eq 3', 10],
  // Lists.
  ['id in ()', 7],
  ["id in ('a',)", 11],
  ["id in ('a'", 10],
  ["id in 'a'", 6],
  ['id in (id)', 7],
  ["id in ('a',1)", 11],
  ['devicesCount in (1 add 1)', 19],
  // Functions.
  ['nothing(id)', 0],
  ['contains(id)', 0],
  ["contains(id,'a','b')", 0],
  ["contains(id,'a'", 15],
  ["contains('a',1)", 0],
  ['length(devicesCount) eq 1', 0],
  ['length() eq 0', 0],
  ['now(1) eq null', 0],
  ["substring(id,'1') eq 'x'", 0],
  ["substring(id,1.5) eq 'x'", 0],
  ["substring(id,1,-1) eq 'x'", 15],
  ['year(devicesCount) eq 1', 0],
  ["matchesPattern(id,'(')", 18],
  ["matchesPattern(id,'(a)%5C1')", 18],
  ["matchesPattern(id,'a','x')", 22],
  ['matchesPattern(id,userDisplayName)', 18],
  ['cast(status) eq 2', 0],
  ["cast(status,'Edm.Int32') eq 2", 12],
  ['cast(status,Edm.Int32 eq 2', 22],
  ["cast(status,x.y) eq 'x'", 12],
  ['case() eq 1', 5],
  ['case(1:2) eq 1', 5],
  ["case(true:1,true:'x') eq 1", 17],
  ['case(true) eq 1', 9],
] as const)('refuses the filter %j at position %i', async (filter, position) => {
  const answer = await app.send('GET', `${COLLECTION}?$filter=${filter}`);

  expect(refusalOf(answer)).toBe(`400 BadRequest $filter @${String(position)}`);
});

/** What other languages write, or a slip: the refusal says what to write here. */
it.each([
  ["status = 'error'", "Write 'eq'"],
  ["status == 'error'", "Write 'eq'"],
  ["status=='error'", "Write 'eq'"],
  ["status === 'error'", "Write 'eq'"],
  ["status != 'error'", "Write 'ne'"],
  ["status <> 'error'", "Write 'ne'"],
  ['devicesCount > 1', "Write 'gt', 'ge', 'lt' or 'le'"],
  ['devicesCount >= 1', "Write 'gt', 'ge', 'lt' or 'le'"],
  ['devicesCount < 1', "Write 'gt', 'ge', 'lt' or 'le'"],
  ["status eq 'error' %26%26 devicesCount gt 1", "Write 'and'"],
  ["status eq 'error' || devicesCount gt 1", "Write 'or'"],
  ["!(status eq 'error')", "Write 'not'"],
  ['status eq "error"', 'single quotes'],
  ['status eq “error”', 'single quotes'],
  ['status eq error', 'single quotes'],
  ["userDisplayName like 'a%25'", "contains(name,'text')"],
  ["userDisplayName LIKE 'a%25'", "contains(name,'text')"],
  ["userDisplayName contains 'a'", "contains(name,'text')"],
  ['userDisplayName is null', "Write 'eq'"],
  ['devicesCount between 1 and 2', "Write 'ge' and 'le'"],
  ["id not in ('a','b')", "not (id in ('a','b'))"],
  ['lastReportedDateTime gt 2017-01-01T00:00:00', 'and a zone: 2017-01-01T00:00:00Z'],
  ['lastReportedDateTime gt 2017-01-01T00:00', 'and a zone: 2017-01-01T00:00Z'],
  ['lastReportedDateTime gt 2017-01-01T00:00:00.5', 'and a zone: 2017-01-01T00:00:00.5Z'],
  ['lastReportedDateTime gt 2017-01-01 00:00:00', 'and a zone: 2017-01-01T00:00:00Z'],
  ['lastReportedDateTime gt 2017-01-01 00:00:00Z', 'and a zone: 2017-01-01T00:00:00Z'],
  ['lastReportedDateTime gt 2017-01-01 00:00:00-08:00', 'and a zone: 2017-01-01T00:00:00-08:00'],
  ["lastReportedDateTime gt datetime'2017-01-01T00:00:00'", 'Write the value alone'],
  ["id eq guid'a'", 'Write the value alone'],
  ["substringof('a',userDisplayName)", "contains(name,'text')"],
  ["userDisplayName.contains('a')", "contains(name,'text')"],
  ["not id eq 'a'", 'with parentheses'],
  ["lastReportedDateTime gt '2017-01-01T00:00:00Z'", 'without quotes: 2017-01-01T00:00:00Z'],
  ["devicesCount eq '12'", 'without quotes: 12.'],
  ['userDisplayName eq 12', 'Texts stand in single quotes'],
])('says what to write instead of %j: %s', async (filter, cure) => {
  const answer = await app.send('GET', `${COLLECTION}?$filter=${filter}`);

  expect(refusalOf(answer)).toMatch(/^400 BadRequest \$filter @\d+$/);
  expect(answer.text).toContain(cure);
});

it.each([
  'isof(status,Edm.String)',
  "any(d:d eq 'x')",
  'geo.distance(id,id) lt 1',
  'hassubset(id,id)',
  'cast(id,Edm.Guid) eq null',
  'cast(id,Edm.Binary) eq null',
])('answers 501 for what OData has and the service has not: %s', async (filter) => {
  const answer = await app.send('GET', `${COLLECTION}?$filter=${filter}`);

  expect(refusalOf(answer)).toMatch(/^501 NotImplemented \$filter/);
});

/** What is within a limit, and what is just beyond it. */
it.each([
  [
    'parentheses',
    nest('(', 'true', ')', MAX_EXPRESSION_DEPTH),
    nest('(', 'true', ')', MAX_EXPRESSION_DEPTH + 1),
  ],
  [
    'nots',
    nest('not ', 'true', '', MAX_EXPRESSION_DEPTH),
    nest('not ', 'true', '', MAX_EXPRESSION_DEPTH + 1),
  ],
  [
    'signs',
    `1 eq ${nest('- ', '1', '', MAX_EXPRESSION_DEPTH)}`,
    `1 eq ${nest('- ', '1', '', MAX_EXPRESSION_DEPTH + 1)}`,
  ],
  [
    'functions',
    `null ge ${nest('concat(', 'id', ",'x')", MAX_EXPRESSION_DEPTH)}`,
    `null ge ${nest('concat(', 'id', ",'x')", MAX_EXPRESSION_DEPTH + 1)}`,
  ],
  [
    'cases',
    nest('case(true:', 'true', ')', MAX_EXPRESSION_DEPTH),
    nest('case(true:', 'true', ')', MAX_EXPRESSION_DEPTH + 1),
  ],
  ['terms', chain('id', " eq 'x'", ' or ', 250), chain('id', " eq 'x'", ' or ', 251)],
  [
    'items of a list',
    `devicesCount in (${Array(MAX_EXPRESSION_TERMS - 1)
      .fill(1)
      .join(',')})`,
    `devicesCount in (${Array(MAX_EXPRESSION_TERMS).fill(1).join(',')})`,
  ],
  [
    'characters of a pattern',
    `matchesPattern(id,'${'x'.repeat(MAX_PATTERN_LENGTH)}')`,
    `matchesPattern(id,'${'x'.repeat(MAX_PATTERN_LENGTH + 1)}')`,
  ],
  // Beside its repetition a pattern has two steps or three.
  [
    'steps of a pattern',
    `matchesPattern(id,'^x{${String(MAX_PATTERN_STEPS - 5)}}')`,
    `matchesPattern(id,'^x{${String(MAX_PATTERN_STEPS)}}')`,
  ],
  [
    'steps of several patterns',
    chain("matchesPattern(id,'x{100}')", '', ' or ', 9),
    chain("matchesPattern(id,'x{100}')", '', ' or ', 10),
  ],
  [
    'chained divisions',
    `not (devicesCount${' divby 1'.repeat(MAX_CHAINED_OPERATORS + 1)} eq 1)`,
    `not (devicesCount${' divby 1'.repeat(MAX_CHAINED_OPERATORS + 2)} eq 1)`,
  ],
  [
    'chained comparisons',
    `not (true${' gt not null'.repeat(MAX_CHAINED_OPERATORS + 1)})`,
    `not (true${' gt not null'.repeat(MAX_CHAINED_OPERATORS + 2)})`,
  ],
  [
    'chains in parentheses',
    `1 eq ${nest('(1 add 1 add ', '1', ')', MAX_EXPRESSION_DEPTH)}${' add 1'.repeat(51)}`,
    `1 eq ${nest('(1 add 1 add ', '1', ')', MAX_EXPRESSION_DEPTH)}${' add 1'.repeat(52)}`,
  ],
  [
    'characters',
    `id eq '${'x'.repeat(MAX_EXPRESSION_LENGTH - 8)}'`,
    `id eq '${'x'.repeat(MAX_EXPRESSION_LENGTH - 7)}'`,
  ],
  [
    'characters of a text that is made',
    `indexof(${nest('concat(', 'userDisplayName', ',userDisplayName)', 7)},id) eq 1`,
    `indexof(${nest('concat(', 'userDisplayName', ',userDisplayName)', 8)},id) eq 1`,
  ],
  [
    'aliases of aliases',
    `@a0${aliases(MAX_EXPRESSION_DEPTH)}`,
    `@a0${aliases(MAX_EXPRESSION_DEPTH + 1)}`,
  ],
])('takes as many %s as the limit says, and refuses one more', async (_what, within, beyond) => {
  const taken = await app.send('GET', `${COLLECTION}?$filter=${within}`);
  const refused = await app.send('GET', `${COLLECTION}?$filter=${beyond}`);

  expect(taken.status).toBe(200);
  expect(refusalOf(refused)).toMatch(/^400 BadRequest \$filter @\d+$/);
});

it('refuses 4 KiB of parentheses as it refuses any nest', async () => {
  const answer = await app.send('GET', `${COLLECTION}?$filter=${nest('(', 'true', ')', 2048)}`);

  expect(refusalOf(answer)).toBe(`400 BadRequest $filter @${String(MAX_EXPRESSION_DEPTH)}`);
});

function nest(opening: string, inner: string, closing: string, depth: number): string {
  return opening.repeat(depth) + inner + closing.repeat(depth);
}

function chain(one: string, rest: string, operator: string, count: number): string {
  return Array(count)
    .fill(one + rest)
    .join(operator);
}

/** A chain of aliases that ends in a literal. */
function aliases(count: number): string {
  const links = Array.from({ length: count - 1 }, (_, i) => `&@a${String(i)}=@a${String(i + 1)}`);
  return `${links.join('')}&@a${String(count - 1)}=true`;
}

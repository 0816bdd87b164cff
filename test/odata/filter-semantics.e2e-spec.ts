/** The service and a second implementation of OData's rules have to choose the same rows, whatever is asked of whatever rows. */
import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { shareOf } from '../support/faults.js';
import { expressionsOver } from '../support/filter-arbitrary.js';
import { evaluate } from '../support/filter-evaluator.js';
import { type Expression, type Row } from '../support/filter-expression.js';
import { rows } from '../support/filter-samples.js';
import { toFilterText } from '../support/filter-text.js';
import { createRows, readCount, readIds } from '../support/row-collection.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

/** Another number of cases, or other ones, than those of every run. */
const CASES = Number(process.env.FILTER_CASES ?? 1600);
const SEED = Number(process.env.FILTER_SEED ?? 20_261_124);

const ROWS = 40;
const CASES_PER_COLLECTION = 200;
/** Cases under way at once. */
const LANES = 4;
const MAX_DEPTH = 5;
const WEIGHED_ONE_IN = 8;

interface Case {
  expression: Expression;
  text: string;
  /** Whether its opposite and its count are asked for, too. */
  isWeighed: boolean;
}

let app: TestApp;
beforeAll(async () => {
  app = await borrowTestApp();
});
describe('$filter', () => {
  const collections = fc.sample(rows(ROWS), {
    seed: SEED,
    numRuns: Math.ceil(CASES / CASES_PER_COLLECTION),
  });

  it.each(shareOf(collections.map((given, number) => ({ given, number }))))(
    'chooses the rows that the specification says, in collection $number',
    async ({ given, number }) => {
      const collection = await createRows(app, `filter-${String(number)}`, given);
      const check = (lane: number) =>
        fc.assert(
          fc.asyncProperty(casesOver(given), (asked) => checkCase(collection, given, asked)),
          {
            seed: SEED + number * LANES + lane,
            numRuns: CASES_PER_COLLECTION / LANES,
            includeErrorInReport: true,
          },
        );
      await Promise.all(Array.from({ length: LANES }, (_, lane) => check(lane)));
    },
    120_000,
  );
});

/** What random expressions leave out, since the specification leaves it open or a fraction is not exact, and faults that there were. */
describe('$filter where readings differ', () => {
  const FIVE = {
    id: 'five',
    devicesCount: 5,
    lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
    status: 'error',
    userDisplayName: '\u0085😀\u3000',
    userPrincipalName: '\uFEFFa\u00A0b',
  };
  const ZERO = {
    ...FIVE,
    id: 'zero',
    devicesCount: 0,
    lastReportedDateTime: '0001-01-01T00:00:00Z',
    status: 'unknown',
    userDisplayName: null,
    userPrincipalName: null,
  };
  const BOTH = ['five', 'zero'];

  it.each([
    // A sign that is written (ABNF, `int32Literal`).
    ['devicesCount eq +5', ['five']],
    ['devicesCount gt +4.5e0', ['five']],
    // An operand that is null makes a null of any arithmetic (5.1.1.2).
    ["lastReportedDateTime eq null add duration'PT1H'", []],
    ["(null add duration'PT1H') eq null", BOTH],
    ['lastReportedDateTime sub null eq null', BOTH],
    ['case(id eq null:null sub null,true:lastReportedDateTime) ne null', BOTH],
    // Division by zero: none of integers, an infinity of decimals. The specification fails the request for the former.
    ['devicesCount div devicesCount eq 1', ['five']],
    ['devicesCount mod devicesCount eq null', ['zero']],
    ['5 div devicesCount ne null', ['five']],
    ['5 divby devicesCount eq INF', ['zero']],
    ['-5 divby devicesCount lt -1000', ['zero']],
    // Beyond Int64 numbers are doubles.
    ['devicesCount mul 9223372036854775807 gt 9223372036854775807', ['five']],
    ['devicesCount sub -9223372036854775808 ge 9223372036854775807', BOTH],
    ['devicesCount mul 0.1 eq 0.5', ['five']],
    // A decimal can be an integer by its form.
    ['round(cast(status,Edm.Decimal)) eq round(cast(status,Edm.Int32))', BOTH],
    ['round(case(devicesCount gt 0:3,true:2.5)) eq 3', BOTH],
    // White space is Unicode's (5.1.1.7.4); in a pattern it is ECMAScript's (5.1.1.7.1), and a pair of surrogates one character.
    ["trim(userDisplayName) eq '😀'", ['five']],
    ['trim(userPrincipalName) eq userPrincipalName', BOTH],
    ["matchesPattern(userPrincipalName,'^\\s')", ['five']],
    ["matchesPattern(userPrincipalName,'^\\s[\\S][^\\S]b$')", ['five']],
    ["matchesPattern(userDisplayName,'^[^\\s]\\ud83d\\ude00[\\s]$')", ['five']],
    // A character is a code point.
    ["length(userDisplayName) eq 3 and indexof(userDisplayName,'\u3000') eq 2", ['five']],
    [
      "substring(userDisplayName,1,1) eq '😀' and substring(userDisplayName,-1) eq '\u3000'",
      ['five'],
    ],
    // The type has no flags: the bits of the value are taken for them.
    ["status has 'conflict'", []],
    ["status has microsoft.graph.complianceStatus'notApplicable'", ['five']],
    ["status has 'unknown'", BOTH],
    // A null is as great as a null (5.1.1.1.4), and nothing is greater or less.
    ['userDisplayName ge null', ['zero']],
    ['userDisplayName gt null or userDisplayName lt null', []],
    ['lastReportedDateTime eq mindatetime()', ['zero']],
    ['now() gt lastReportedDateTime and now() lt maxdatetime()', BOTH],
  ])('answers %s', async (filter, ids) => {
    const collection = await createRows(app, randomUUID(), [FIVE, ZERO]);
    expect(await readIds(app, collection, filter)).toEqual(ids);
  });
});

function casesOver(given: Row[]): fc.Arbitrary<Case> {
  const expressionOf = expressionsOver(given);
  const expressions = fc
    .integer({ min: 1, max: MAX_DEPTH })
    .chain((depth) => expressionOf('boolean', depth));
  return fc.tuple(expressions, fc.nat()).map(([expression, spelling]) => {
    const text = toFilterText(expression, spelling);
    return {
      expression,
      text,
      isWeighed: spelling % WEIGHED_ONE_IN === 0,
      [fc.toStringMethod]: () => text,
    };
  });
}

async function checkCase(collection: string, given: Row[], asked: Case): Promise<void> {
  const { expression, text } = asked;
  const values = new Map(given.map((row) => [row.id, evaluate(expression, row)]));
  const chosen = await readIds(app, collection, text);
  requireRows(given, values, true, chosen, text);

  if (asked.isWeighed) {
    // Three-valued logic parts the rows: true, false, and neither.
    const opposite = `not (${text})`;
    const unknown = `(${text}) eq null`;
    requireRows(given, values, false, await readIds(app, collection, opposite), opposite);
    requireRows(given, values, null, await readIds(app, collection, unknown), unknown);

    const count = await readCount(app, collection, text);
    if (count !== chosen.length) {
      throw new Error(
        `$count of $filter=${text} is ${String(count)}, not ${String(chosen.length)}`,
      );
    }
  }
}

/** The rows for which the expression has this value, and no others. */
function requireRows(
  given: Row[],
  values: ReadonlyMap<string, unknown>,
  wanted: boolean | null,
  chosen: string[],
  filter: string,
): void {
  const differing = given.find(({ id }) => chosen.includes(id) !== (values.get(id) === wanted));
  if (differing === undefined && new Set(chosen).size === chosen.length) return;
  throw new Error(
    [
      `$filter=${filter}`,
      `row ${JSON.stringify(differing)}`,
      `the specification says ${String(values.get(differing?.id ?? ''))} for the generated expression`,
      `the service answers ${JSON.stringify(chosen)}`,
    ].join('\n'),
  );
}

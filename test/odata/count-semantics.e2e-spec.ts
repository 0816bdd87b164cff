/** A filter that names the status alone is asked of the counts, and has to count the rows that it chooses. */
import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { expressionsOver } from '../support/filter-arbitrary.js';
import { evaluate } from '../support/filter-evaluator.js';
import { literal, property, type Expression, type Row } from '../support/filter-expression.js';
import { rows } from '../support/filter-samples.js';
import { toFilterText } from '../support/filter-text.js';
import { createRows, readCount } from '../support/row-collection.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

const CASES = Number(process.env.FILTER_CASES ?? 300);
const SEED = Number(process.env.FILTER_SEED ?? 20_261_124);
const ROWS = 40;
const MAX_DEPTH = 4;

const STATUS = property('status');

/** What the status has to say in the place of a property of another type. */
const SUBSTITUTES: Record<keyof Row, Expression> = {
  id: { kind: 'cast', operand: STATUS, target: 'Edm.String' },
  userDisplayName: { kind: 'cast', operand: STATUS, target: 'Edm.String' },
  userPrincipalName: literal('string', 'error'),
  devicesCount: { kind: 'cast', operand: STATUS, target: 'Edm.Int32' },
  lastReportedDateTime: literal('instant', '2017-01-01T00:00:17.7769392-08:00'),
  status: STATUS,
};

let app: TestApp;
let collection: string;
const given = fc
  .sample(rows(ROWS), { seed: SEED, numRuns: 1 })[0]!
  .map((row) => (row.status === 'conflict' ? { ...row, status: 'error' } : row));

beforeAll(async () => {
  app = await borrowTestApp();
  collection = await createRows(app, 'x', given);
  // A status of which there is none, but was nearly one.
  const { status } = await app.send('POST', collection, { ...given[0], status: 'conflict' });
  expect(status).toBe(409);
});

/** How many of the rows have one of these. */
function having(...statuses: string[]): number {
  return given.filter(({ status }) => statuses.includes(status)).length;
}

it.each<[string, number]>([
  ["status eq 'error'", having('error')],
  ["status eq 'conflict'", 0],
  ["status ne 'error'", ROWS - having('error')],
  ["not (status eq 'error')", ROWS - having('error')],
  ["status in ('error','unknown',null)", having('error', 'unknown')],
  ['status eq null', 0],
  ['status ne null', ROWS],
  ['status in (null)', 0],
  ["status gt 'nonCompliant'", having('error', 'notAssigned')],
  ["status has 'unknown'", ROWS],
  ["status has 'nonCompliant'", having('nonCompliant', 'error', 'notAssigned')],
  ["cast(status,Edm.String) eq 'error'", having('error')],
  ["startswith(cast(status,Edm.String),'not')", having('notApplicable', 'notAssigned')],
  [
    'cast(status,Edm.Int32) mod 2 eq 1',
    having(...['notApplicable', 'remediated', 'error', 'notAssigned']),
  ],
  ["case(status eq 'error':true)", having('error')],
  ["case(status eq 'error':true) eq null", ROWS - having('error')],
  ['now() gt 2017-01-01', ROWS],
  ['true', ROWS],
  ['1 eq 2', 0],
  ["status eq 'error' and devicesCount ne null", having('error')],
])('counts %s', async (filter, count) => {
  expect(await readCount(app, collection, filter)).toBe(count);
  expect(await readCount(app, collection, `(${filter}) and id ne null`)).toBe(count);
});

it('counts as many entities as the specification says, for whatever is asked of the status', async () => {
  const asked = fc
    .integer({ min: 1, max: MAX_DEPTH })
    .chain((depth) => expressionsOver(given)('boolean', depth));
  await fc.assert(
    fc.asyncProperty(asked.map(toStatusAlone), fc.nat(), async (expression, spelling) => {
      const filter = toFilterText(expression, spelling);
      const chosen = given.filter((row) => evaluate(expression, row) === true);
      expect([filter, await readCount(app, collection, filter)]).toEqual([filter, chosen.length]);
    }),
    { seed: SEED, numRuns: CASES, includeErrorInReport: true },
  );
}, 120_000);

function toStatusAlone(expression: Expression): Expression {
  const text = JSON.stringify(expression);
  return JSON.parse(text, (_, part: Expression | string) =>
    typeof part === 'object' && part.kind === 'property' ? SUBSTITUTES[part.name] : part,
  ) as Expression;
}

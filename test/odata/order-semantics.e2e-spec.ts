/** Pages in any order hold every row once, in the order that a sort of OData's rules gives. */
import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { shareOf } from '../support/faults.js';
import { expressionsOver } from '../support/filter-arbitrary.js';
import { compareCodePoints, evaluate, order } from '../support/filter-evaluator.js';
import type { Expression, ExpressionType, Row } from '../support/filter-expression.js';
import { rows } from '../support/filter-samples.js';
import { toFilterText } from '../support/filter-text.js';
import { createRows, readPages } from '../support/row-collection.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

/** Another number of cases, or other ones, than those of every run. */
const CASES = Number(process.env.ORDER_CASES ?? 240);
const SEED = Number(process.env.FILTER_SEED ?? 20_261_124);

const ROWS = 40;
const CASES_PER_COLLECTION = 60;
const LANES = 4;
const MAX_DEPTH = 3;

interface Item {
  expression: Expression;
  isDescending: boolean;
  text: string;
}

let app: TestApp;
beforeAll(async () => {
  app = await borrowTestApp();
});
describe('$orderby', () => {
  const collections = fc.sample(rows(ROWS), {
    seed: SEED,
    numRuns: Math.ceil(CASES / CASES_PER_COLLECTION),
  });

  it.each(shareOf(collections.map((given, number) => ({ given, number }))))(
    'pages through all rows in order, in collection $number',
    async ({ given, number }) => {
      const collection = await createRows(app, `order-${String(number)}`, given);
      const asked = fc.record({
        items: fc.array(itemsOver(given), { minLength: 1, maxLength: 3 }),
        top: fc.integer({ min: 1, max: 15 }),
      });
      const check = (lane: number) =>
        fc.assert(
          fc.asyncProperty(asked, async ({ items, top }) => {
            const text = items.map((item) => item.text).join(',');
            const query = `$top=${String(top)}&$orderby=${encodeURIComponent(text)}`;
            const pages = await readPages(app, `${collection}?$select=id&${query}`);
            expect(pages.flat()).toEqual(sort(given, items).map(({ id }) => id));
            expect(pages).toHaveLength(Math.ceil(given.length / top));
          }),
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

  it.each([
    ['now()', 'now()'],
    ['a duration up to now()', 'now() sub lastReportedDateTime desc'],
    ['a constant that is false', 'false'],
    ['what is false for every row', 'false and devicesCount gt 0'],
    ['true, a number and null', "true,1,-1,null,'a'"],
  ])('pages through all rows once in the order of %s', async (_what, text) => {
    const [given] = fc.sample(rows(10), { seed: SEED, numRuns: 1 });
    const collection = await createRows(app, randomUUID(), given!);
    const query = `$select=id&$top=3&$orderby=${encodeURIComponent(text)}`;
    const pages = await readPages(app, `${collection}?${query}`);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
    expect(new Set(pages.flat())).toEqual(new Set(given!.map(({ id }) => id)));
  });
});

const DIRECTIONS = ['', ' asc', ' ASC', ' desc', ' Desc', '\tdesc'];

/** Properties for the most part, with many equal values among them. */
function itemsOver(given: Row[]): fc.Arbitrary<Item> {
  const expressionOf = expressionsOver(given);
  const types: ExpressionType[] = [
    ...(['boolean', 'string', 'integer', 'decimal', 'instant'] as const),
    ...(['date', 'time', 'duration', 'status'] as const),
  ];
  const expressions = fc
    .tuple(fc.constantFrom(...types), fc.integer({ min: 1, max: MAX_DEPTH }))
    .chain(([type, depth]) => expressionOf(type, depth));
  return fc
    .tuple(expressions, fc.constantFrom(...DIRECTIONS), fc.nat())
    .map(([expression, direction, spelling]) => {
      const text = toFilterText(expression, spelling) + direction;
      const isDescending = /desc$/i.test(direction);
      return { expression, isDescending, text, [fc.toStringMethod]: () => text };
    });
}

/** Null is lowest. Where nothing else decides, the key does, in the direction of the last item (an index is walked straight on). */
function sort(given: Row[], items: Item[]): Row[] {
  const last = items.at(-1)!.isDescending ? -1 : 1;
  return given.toSorted((left, right) => {
    for (const { expression, isDescending } of items) {
      const difference = order(evaluate(expression, left), evaluate(expression, right));
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return last * compareCodePoints(left.id, right.id);
  });
}

/** The service and a second implementation of OData's rules have to make the same of whatever rows, page by page. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  apply,
  cellOf,
  compareCells,
  FIELDS,
  fieldsAfter,
  toJson,
  type Field,
  type Instance,
  type Transformation,
} from '../support/apply-evaluator.js';
import {
  drawOrder,
  drawSteps,
  toApplyText,
  toOrderText,
  type Draw,
  type OrderItem,
} from '../support/apply-arbitrary.js';
import { shareOf } from '../support/faults.js';
import { expressionsOver } from '../support/filter-arbitrary.js';
import type { Row } from '../support/filter-expression.js';
import { rows } from '../support/filter-samples.js';
import { toFilterText } from '../support/filter-text.js';
import { createRows } from '../support/row-collection.js';
import { pageOf } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

/** Another number of cases, or other ones, than those of every run. */
const CASES = Number(process.env.APPLY_CASES ?? 480);
const SEED = Number(process.env.FILTER_SEED ?? 20_261_124);

const ROWS = 40;
const CASES_PER_COLLECTION = 120;
const LANES = 4;
const MAX_DEPTH = 3;
/** More than there are results: the links go round. */
const MAX_PAGES = 50;

let app: TestApp;
beforeAll(async () => {
  app = await borrowTestApp();
});

describe('$apply', () => {
  const collections = fc.sample(rows(ROWS), {
    seed: SEED,
    numRuns: Math.ceil(CASES / CASES_PER_COLLECTION),
  });

  it.each(shareOf(collections.map((given, number) => ({ given, number }))))(
    'makes what the specification says, in collection $number',
    async ({ given, number }) => {
      const collection = await createRows(app, `apply-${String(number)}`, given);
      const asked = fc.record({
        condition: expressionsOver(given)('boolean', MAX_DEPTH),
        dice: fc.array(fc.nat(), { minLength: 64, maxLength: 64 }),
        top: fc.integer({ min: 1, max: 15 }),
      });
      const check = (lane: number) =>
        fc.assert(
          fc.asyncProperty(asked, async ({ condition, dice, top }) => {
            let thrown = 0;
            const draw: Draw = (of) => of[dice[thrown++ % dice.length]! % of.length]!;
            const steps = drawSteps(draw, given, {
              kind: 'select',
              expression: condition,
              text: toFilterText(condition, thrown),
            });
            await checkCase(collection, given, steps, drawOrder(draw, steps), top);
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
});

async function checkCase(
  collection: string,
  given: Row[],
  steps: readonly Transformation[],
  order: readonly OrderItem[],
  top: number,
): Promise<void> {
  const fields = steps.reduce(fieldsAfter, [...FIELDS]);
  const { keys } = steps.findLast((step) => step.kind === 'group')!;
  const results = apply(given, steps).toSorted(comparerOf(order, keys));
  const query = new URLSearchParams({
    $apply: toApplyText(steps),
    ...(order.length === 0 ? {} : { $orderby: toOrderText(order) }),
    $top: String(top),
    $count: 'true',
    $format: 'application/json;odata.metadata=none',
  });
  expect(await readAll(`${collection}?${query.toString()}`, results.length)).toEqual(
    results.map((result) => toJson(result, fields)),
  );
}

/** Where nothing else decides, the keys do, in the direction of the last item. */
function comparerOf(order: readonly OrderItem[], keys: readonly Field[]) {
  const isDescending = order.at(-1)?.isDescending ?? false;
  const items = [...order, ...keys.map((field) => ({ field, isDescending }))];
  return (one: Instance, other: Instance): number => {
    for (const { field, isDescending: isDown } of items) {
      const difference = compareCells(cellOf(one, field), cellOf(other, field));
      if (difference !== 0) return isDown ? -difference : difference;
    }
    return 0;
  };
}

async function readAll(path: string, count: number): Promise<unknown[]> {
  const results: unknown[] = [];
  let next: string | undefined = path;
  for (let pages = 0; next !== undefined; pages += 1) {
    if (pages === MAX_PAGES) throw new Error(`${path}\nleads from page to page for ever`);
    const page = pageOf(await app.send('GET', next));
    if (page['@odata.count'] !== count) {
      throw new Error(`${path}\nhas ${String(page['@odata.count'])} results, not ${String(count)}`);
    }
    results.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return results;
}

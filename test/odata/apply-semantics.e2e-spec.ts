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
  type Aggregate,
  type Condition,
  type Field,
  type Instance,
  type Transformation,
} from '../support/apply-evaluator.js';
import { expressionsOver } from '../support/filter-arbitrary.js';
import { STATUSES, type Row } from '../support/filter-expression.js';
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
const MAX_STEPS = 4;
/** More than there are results: the links go round. */
const MAX_PAGES = 50;

const METHODS = ['$count', 'sum', 'min', 'max', 'average', 'countdistinct'] as const;
const OPERATORS = ['eq', 'ne', 'gt', 'le'] as const;

interface OrderItem {
  field: Field;
  isDescending: boolean;
}

/** Draws one of these. */
type Draw = <T>(of: readonly T[]) => T;

let app: TestApp;
beforeAll(() => {
  app = borrowTestApp();
});

describe('$apply', () => {
  const collections = fc.sample(rows(ROWS), {
    seed: SEED,
    numRuns: Math.ceil(CASES / CASES_PER_COLLECTION),
  });

  it.each(collections.map((given, number) => ({ given, number })))(
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

/** Some steps of which the last, or the one before the last, groups. */
function drawSteps(draw: Draw, given: readonly Row[], selection: Transformation): Transformation[] {
  const steps: Transformation[] = draw([true, false]) ? [selection] : [];
  let fields: readonly Field[] = FIELDS;
  const length = draw(Array.from({ length: MAX_STEPS }, (_, i) => i + 1));
  for (let n = 0; n < length; n += 1) {
    const isFilter = n > 0 && draw([true, false, false]);
    const step = isFilter ? drawFilter(draw, fields, given) : drawGroup(draw, fields, n);
    steps.push(step);
    fields = fieldsAfter(fields, step);
  }
  return steps;
}

function drawGroup(draw: Draw, fields: readonly Field[], n: number): Transformation {
  const keys = fields.filter(() => draw([true, false, false]));
  const count = draw(keys.length === 0 ? [1, 2, 3] : [0, 1, 2, 3]);
  const aggregates = Array.from({ length: count }, (_, i): Aggregate => {
    const of = draw(fields);
    // Fractions are not exact, and the order in which they are added is open.
    const methods = METHODS.filter(
      (method) => of.kind === 'integer' || (method !== 'sum' && method !== 'average'),
    );
    return { method: draw(methods), of, as: `a${String(n)}_${String(i)}` };
  });
  return { kind: 'group', keys, aggregates };
}

function drawFilter(draw: Draw, fields: readonly Field[], given: readonly Row[]): Transformation {
  const field = draw(fields);
  return { kind: 'filter', condition: drawCondition(draw, field, given) };
}

function drawCondition(draw: Draw, field: Field, given: readonly Row[]): Condition {
  switch (field.kind) {
    case 'integer':
      return { field, operator: draw(OPERATORS), value: draw([0n, 1n, 2n, 2_147_483_647n]) };
    case 'status':
      return { field, operator: draw(OPERATORS), value: draw(STATUSES.map((_, i) => i)) };
    case 'string':
      return { field, operator: draw(OPERATORS), value: draw(given).id };
    case 'instant':
    case 'decimal':
      return { field, operator: draw(['eq', 'ne']), value: null };
  }
}

function drawOrder(draw: Draw, steps: readonly Transformation[]): OrderItem[] {
  const fields = steps.reduce(fieldsAfter, [...FIELDS]);
  return fields
    .filter(() => draw([true, false]))
    .map((field) => ({ field, isDescending: draw([true, false]) }));
}

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
  const written = order.map(
    ({ field, isDescending }) => field.name + (isDescending ? ' desc' : ''),
  );
  const query = new URLSearchParams({
    $apply: steps.map(toText).join('/'),
    ...(written.length === 0 ? {} : { $orderby: written.join(',') }),
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

function toText(step: Transformation): string {
  switch (step.kind) {
    case 'select':
      return `filter(${step.text})`;
    case 'filter':
      return `filter(${toConditionText(step.condition)})`;
    case 'group': {
      const aggregates = step.aggregates.map(
        ({ method, of, as }) =>
          `${method === '$count' ? method : `${of.name} with ${method}`} as ${as}`,
      );
      const aggregate = aggregates.length === 0 ? '' : `aggregate(${aggregates.join(',')})`;
      if (step.keys.length === 0) return aggregate;
      const keys = `(${step.keys.map(({ name }) => name).join(',')})`;
      return `groupby(${[keys, aggregate].filter((part) => part !== '').join(',')})`;
    }
  }
}

function toConditionText({ field, operator, value }: Condition): string {
  return `${field.name} ${operator} ${toLiteral(value, field)}`;
}

function toLiteral(value: Condition['value'], { kind }: Field): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (kind === 'status') return `'${STATUSES[Number(value)]!}'`;
  return value === null ? 'null' : Number(value).toString();
}

/** Transformations of `$apply` at random, and how they are written. */
import {
  fieldsAfter,
  FIELDS,
  type Aggregate,
  type Condition,
  type Field,
  type Transformation,
} from './apply-evaluator.js';
import { STATUSES, type Row } from './filter-expression.js';

const MAX_STEPS = 4;

const METHODS = ['$count', 'sum', 'min', 'max', 'average', 'countdistinct'] as const;
const OPERATORS = ['eq', 'ne', 'gt', 'le'] as const;

export interface OrderItem {
  field: Field;
  isDescending: boolean;
}

/** Draws one of these. */
export type Draw = <T>(of: readonly T[]) => T;

/** Some steps of which the last, or the one before the last, groups. */
export function drawSteps(
  draw: Draw,
  given: readonly Row[],
  selection: Transformation,
): Transformation[] {
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

export function drawOrder(draw: Draw, steps: readonly Transformation[]): OrderItem[] {
  const fields = steps.reduce(fieldsAfter, [...FIELDS]);
  return fields
    .filter(() => draw([true, false]))
    .map((field) => ({ field, isDescending: draw([true, false]) }));
}

/** The value of `$orderby`. */
export function toOrderText(order: readonly OrderItem[]): string {
  return order
    .map(({ field, isDescending }) => field.name + (isDescending ? ' desc' : ''))
    .join(',');
}

/** The value of `$apply`. */
export function toApplyText(steps: readonly Transformation[]): string {
  return steps.map(toText).join('/');
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

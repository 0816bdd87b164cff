/** One operator or function each, over operands at random. */
import fc, { type Arbitrary } from 'fast-check';

import {
  call,
  literal,
  type Arithmetic,
  type Comparison,
  type Expression,
  type ExpressionType,
  type Literal,
} from './filter-expression.js';

const COMPARISONS: readonly Comparison[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];
const DURATIONS = ['PT0S', 'PT1H', '-P1D', 'P1DT2H3M4.000000000005S', 'PT0.000000000001S'];

export function choice(condition: Arbitrary<Expression>, result: Arbitrary<Expression>) {
  return fc.record({
    kind: fc.constant('case' as const),
    branches: fc.array(fc.tuple(condition, result), { minLength: 1, maxLength: 3 }),
  });
}

export function logic(
  operator: 'and' | 'or',
  left: Arbitrary<Expression>,
  right: Arbitrary<Expression>,
): Arbitrary<Expression> {
  return fc.record({
    kind: fc.constant('logic' as const),
    operator: fc.constant(operator),
    left,
    right,
  });
}

export function comparison(left: Arbitrary<Expression>, right: Arbitrary<Expression>) {
  return fc.record({
    kind: fc.constant('comparison' as const),
    operator: fc.constantFrom(...COMPARISONS),
    left,
    right,
  });
}

export function arithmetic(
  operator: Arithmetic,
  left: Arbitrary<Expression>,
  right: Arbitrary<Expression>,
): Arbitrary<Expression> {
  return fc.record({
    kind: fc.constant('arithmetic' as const),
    operator: fc.constant(operator),
    left,
    right,
  });
}

export function shiftedBy(operand: Arbitrary<Expression>): Arbitrary<Expression>[] {
  const duration = oneLiteral('duration', DURATIONS);
  return (['add', 'sub'] as const).map((name) => arithmetic(name, operand, duration));
}

export function calls(name: string, ...parameters: Arbitrary<Expression>[]): Arbitrary<Expression> {
  return fc.tuple(...parameters).map((values) => call(name, ...values));
}

export function casts(target: string, operand: Arbitrary<Expression>): Arbitrary<Expression> {
  return operand.map((value) => ({ kind: 'cast', operand: value, target }));
}

export function oneLiteral(
  type: ExpressionType,
  texts: readonly (string | number)[],
): Arbitrary<Literal> {
  return fc.constantFrom(...texts.map((text) => literal(type, text)));
}

export function smallNumber(max: number): Arbitrary<Literal> {
  return fc.integer({ min: 0, max }).map((number) => literal('integer', number));
}

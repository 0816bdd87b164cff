/** Expressions that are correct in their types, at random, with literals that are at home in the rows they are asked of. */
import fc, { type Arbitrary } from 'fast-check';

import {
  call,
  literal,
  NULL,
  property,
  type Expression,
  type ExpressionType,
  type Literal,
  type Row,
} from './filter-expression.js';
import { comparison } from './filter-operations.js';
import { LISTED, productionsOf } from './filter-productions.js';
import { literalsLike } from './filter-samples.js';

const REPORTED = property('lastReportedDateTime');
const COUNT = property('devicesCount');

/** What is nearest to a property, for each type. */
const SIMPLEST: Record<ExpressionType, Expression[]> = {
  boolean: [literal('boolean', true), literal('boolean', false)],
  string: ['id', 'userDisplayName', 'userPrincipalName', 'userPrincipalName'].map((name) =>
    property(name as keyof Row),
  ),
  integer: [COUNT],
  decimal: [
    { kind: 'arithmetic', operator: 'divby', left: COUNT, right: literal('integer', 4) },
    { kind: 'cast', operand: COUNT, target: 'Edm.Decimal' },
  ],
  instant: [REPORTED],
  date: [call('date', REPORTED)],
  time: [call('time', REPORTED)],
  duration: [
    {
      kind: 'arithmetic',
      operator: 'sub',
      left: REPORTED,
      right: literal('instant', '2017-01-01T00:00Z'),
    },
  ],
  status: [property('status')],
};

/** Expressions of a type, of at most a depth. */
export type ExpressionSource = (type: ExpressionType, depth: number) => Arbitrary<Expression>;

export function expressionsOver(rows: readonly Row[]): ExpressionSource {
  const literals = literalsLike(rows);
  const known = new Map<string, Arbitrary<Expression>>();

  function of(type: ExpressionType, depth: number): Arbitrary<Expression> {
    const key = `${type} ${String(depth)}`;
    let expressions = known.get(key);
    if (expressions === undefined) {
      const operands = (operand: ExpressionType) => of(operand, depth - 1);
      expressions =
        depth <= 1
          ? leaf(type)
          : fc.oneof(
              { withCrossShrink: true },
              leaf(type),
              ...productionsOf(type, operands, literals),
            );
      known.set(key, expressions);
    }
    return expressions;
  }

  function leaf(type: ExpressionType): Arbitrary<Expression> {
    const simplest = fc.constantFrom(...SIMPLEST[type]);
    return type === 'boolean'
      ? fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom(...LISTED).chain(simpleComparison) },
          simplest,
        )
      : fc.oneof({ weight: 5, arbitrary: simplest }, literalOrNull(type));
  }

  function simpleComparison(type: ExpressionType): Arbitrary<Expression> {
    return comparison(fc.constantFrom(...SIMPLEST[type]), literalOrNull(type));
  }

  function literalOrNull(type: ExpressionType): Arbitrary<Literal> {
    return fc.oneof({ weight: 5, arbitrary: literals(type) }, fc.constant(NULL));
  }

  return of;
}

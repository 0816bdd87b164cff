import type { ComparisonOperator, Expression } from '../expressions/expression.js';

type Comparison = Expression & { kind: 'comparison' };

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};

/**
 * A comparison of an integer property with a fraction as one with an integer, which is true of the
 * same values: an index of integers serves that, and not every database's the other.
 */
export function toIntegerComparison(comparison: Comparison): Expression {
  const { operator, left, right } = comparison;
  if (left.kind === 'property') return compare(comparison, left, operator, right);
  if (right.kind === 'property') return compare(comparison, right, MIRRORED[operator], left);
  return comparison;
}

function compare(
  comparison: Comparison,
  property: Expression,
  operator: ComparisonOperator,
  literal: Expression,
): Expression {
  if (property.type !== 'integer' || literal.kind !== 'literal') return comparison;
  const { value } = literal;
  if (typeof value !== 'number' || Math.abs(value) > Number.MAX_SAFE_INTEGER) return comparison;
  const isUp = operator === 'ge' || operator === 'lt';
  if (!Number.isInteger(value) && (operator === 'eq' || operator === 'ne')) {
    return { ...literal, type: 'boolean', value: operator === 'ne' };
  }
  const integer = BigInt(isUp ? Math.ceil(value) : Math.floor(value));
  const right: Expression = { ...literal, type: 'integer', value: integer };
  return { ...comparison, operator, left: property, right };
}

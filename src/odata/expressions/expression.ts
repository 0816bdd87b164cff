/**
 * Expressions of `$filter` and `$orderby` as a typed tree (OData 4.01 URL Conventions, section
 * 5.1.1).
 */
import type { EdmType, PrimitiveType, Property } from '../edm.js';
import type { SqlFunction } from '../sql/sql-function.js';

/** A literal's value, in the form in which values of its type are kept and compared. */
export type Scalar = string | number | bigint | boolean | null;

export const MIN_INT64 = -(2n ** 63n);

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type ArithmeticOperator = 'add' | 'sub' | 'mul' | 'div' | 'divby' | 'mod';

export type Expression = { type: EdmType; at: number } & (
  | { kind: 'literal'; value: Scalar }
  | { kind: 'property'; property: Property }
  | { kind: 'comparison'; operator: ComparisonOperator; left: Expression; right: Expression }
  | { kind: 'in'; operand: Expression; values: readonly Scalar[] }
  | { kind: 'has'; operand: Expression; flags: Scalar }
  | { kind: 'logical'; operator: 'and' | 'or'; operands: readonly Expression[] }
  | { kind: 'not'; operand: Expression }
  | { kind: 'negate'; operand: Expression }
  | { kind: 'arithmetic'; operator: ArithmeticOperator; left: Expression; right: Expression }
  | { kind: 'call'; sql: SqlFunction; operands: readonly Expression[] }
  | { kind: 'cast'; operand: Expression; target: string }
  | { kind: 'case'; branches: readonly { when: Expression; then: Expression }[] }
);

/** Whether an expression can be null, as far as its form tells. */
export function isNullable(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return expression.value === null;
    case 'property':
      return expression.property.isNullable;
    case 'comparison':
    case 'in':
      return false;
    case 'logical':
      return expression.operands.some(isNullable);
    case 'not':
    case 'negate':
      return isNullable(expression.operand);
    case 'has':
    case 'arithmetic':
    case 'call':
    case 'cast':
    case 'case':
      return true;
  }
}

/** The expressions that an expression is made of, in their order. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'property':
      return [];
    case 'comparison':
    case 'arithmetic':
      return [expression.left, expression.right];
    case 'in':
    case 'has':
    case 'not':
    case 'negate':
    case 'cast':
      return [expression.operand];
    case 'logical':
    case 'call':
      return expression.operands;
    case 'case':
      return expression.branches.flatMap(({ when, then }) => [when, then]);
  }
}

/** The names of the properties that an expression is made of. */
export function namesIn(expression: Expression): string[] {
  return expression.kind === 'property'
    ? [expression.property.name]
    : operandsOf(expression).flatMap(namesIn);
}

/** Whether no property is named but this one: then all entities that are alike in it fare alike. */
export function namesOnly(expression: Expression, name: string): boolean {
  return expression.kind === 'property'
    ? expression.property.name === name
    : operandsOf(expression).every((operand) => namesOnly(operand, name));
}

export function toCall(
  sql: SqlFunction,
  operands: readonly Expression[],
  type: PrimitiveType,
  at: number,
): Expression {
  return { kind: 'call', sql, operands, type, at };
}

export function toNull(at: number): Expression {
  return { kind: 'literal', type: 'null', at, value: null };
}

/** The value of a literal, negated or not; `null` for what is none. */
export function toScalar(expression: Expression): Scalar {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind !== 'negate') return null;
  const value = toScalar(expression.operand);
  // The one integer whose negation no Int64 holds: from there on numbers are doubles.
  if (value === MIN_INT64) return -Number(value);
  return typeof value === 'bigint' || typeof value === 'number' ? -value : null;
}

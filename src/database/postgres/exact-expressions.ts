/**
 * What PostgreSQL says with exactly the values that the service has everywhere. It fails where a
 * number overflows or is divided by zero, where SQLite goes on; it knows other letters, other white
 * space and other patterns; it has no dates and times of twelve digits. Expressions are typed, so
 * that each is decided on by itself.
 */
import { isNullable, operandsOf, type Expression } from '../../odata/expressions/expression.js';
import {
  boundsOf,
  isExactAsDouble,
  isScalarExactAsDouble,
} from '../../odata/expressions/integer-bounds.js';
import type { SqlFunction } from '../../odata/sql/sql-function.js';

/** What casts of an enumeration, or to one, choose among the members by. */
const CHOSEN_BY: ReadonlySet<unknown> = new Set(['string', 'integer', 'decimal']);

const MAX_INT32 = 2n ** 31n - 1n;

/** Whether the expression itself is exact, whatever its operands are. */
export function isExact(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
    case 'property':
    case 'logical':
    case 'not':
      return true;
    case 'comparison':
      return isExactComparison(expression);
    case 'in':
      return isExactMembership(expression);
    case 'has':
      return typeof expression.flags === 'bigint';
    case 'negate':
    case 'arithmetic':
      // Doubles overflow with an error.
      return boundsOf(expression) !== undefined;
    case 'call':
      return !expression.operands.some(isNullLiteral) && isExactCall(expression);
    case 'cast':
      return isExactCast(expression);
    case 'case':
      return expression.branches.every(({ then }) => then.type === expression.type);
  }
}

/** Whether it is exact as long as all texts of the rows are ASCII. */
export function isExactForAscii(expression: Expression): boolean {
  return (
    expression.kind === 'call' &&
    ['toLower', 'toUpper', 'trim'].includes(expression.sql) &&
    expression.operands.every((operand) => !isNullLiteral(operand) && isAscii(operand))
  );
}

function isAscii(expression: Expression): boolean {
  const { kind } = expression;
  if (kind !== 'literal') return operandsOf(expression).every(isAscii);
  return typeof expression.value !== 'string' || /^[\0-\x7f]*$/.test(expression.value);
}

function isNullLiteral({ type }: Expression): boolean {
  return type === 'null';
}

function isExactComparison({
  operator,
  left,
  right,
}: Expression & { kind: 'comparison' }): boolean {
  if (isNullLiteral(left) || isNullLiteral(right)) {
    // Where null is compared with what can be null, its type would have to be known.
    const isReflexive = operator === 'ge' || operator === 'le';
    return !(isReflexive && isNullable(left) && isNullable(right));
  }
  const isMixed = left.type !== right.type && (left.type === 'decimal' || right.type === 'decimal');
  return !isMixed || (isExactAsDouble(left) && isExactAsDouble(right));
}

function isExactMembership({ operand, values }: Expression & { kind: 'in' }): boolean {
  const isOfDoubles =
    operand.type === 'decimal' || values.some((value) => typeof value === 'number');
  if (!isOfDoubles) return true;
  return isExactAsDouble(operand) && values.every(isScalarExactAsDouble);
}

const EXACT_CALLS: ReadonlySet<SqlFunction> = new Set<SqlFunction>([
  'contains',
  'startsWith',
  'endsWith',
  'indexOf',
  'length',
  'concat',
  'year',
  'month',
  'day',
  'hourOfDateTime',
  'minuteOfDateTime',
  'hour',
  'minute',
  'date',
  'floor',
  'ceiling',
]);

function isExactCall({ sql, operands }: Expression & { kind: 'call' }): boolean {
  if (sql !== 'substring') return EXACT_CALLS.has(sql);
  return operands.slice(1).every((operand) => {
    const bounds = boundsOf(operand);
    return bounds !== undefined && bounds[0] >= 0n && bounds[1] < MAX_INT32;
  });
}

function isExactCast({ operand, type }: Expression & { kind: 'cast' }): boolean {
  if (typeof type === 'object')
    return typeof operand.type === 'object' || CHOSEN_BY.has(operand.type);
  return typeof operand.type === 'object' && CHOSEN_BY.has(type);
}

/** What an arithmetic operator makes of its operands' types (URL Conventions 4.01, 5.1.1.2). */
import { describeType, isNumeric, type EdmType } from '../edm.js';
import {
  toCall,
  toNull,
  toScalar,
  type ArithmeticOperator,
  type Expression,
} from './expression.js';
import type { Fault } from './syntax-error.js';
import { toDurationLiteral } from './unify.js';

/** `at` is where the operator stands. */
export function toArithmetic(
  operator: ArithmeticOperator,
  left: Expression,
  writtenRight: Expression,
  at: number,
  fault: Fault,
): Expression {
  const right =
    isTemporal(left.type) && operator !== 'mul' ? toDurationLiteral(writtenRight) : writtenRight;
  // "If an operand … is null, the result is null": of no type where both could be of several.
  if (left.type === 'null' && right.type === 'null') return toNull(left.at);
  if (isNumeric(left.type) && isNumeric(right.type)) {
    const isExact = left.type !== 'decimal' && right.type !== 'decimal' && operator !== 'divby';
    if ((operator === 'div' && isExact) || operator === 'mod') refuseZero(right, fault);
    const type = isExact ? 'integer' : 'decimal';
    return { kind: 'arithmetic', type, at: left.at, operator, left, right };
  }
  if (isTemporal(left.type) || isTemporal(right.type)) {
    const temporal = toTemporalArithmetic(operator, left, right, fault);
    if (temporal !== undefined) return temporal;
  }
  throw fault(
    `'${operator}' cannot go with ${describeType(left.type)} and ${describeType(right.type)}`,
    at,
  );
}

export function toNegation(operand: Expression, at: number, fault: Fault): Expression {
  if (operand.type === 'duration') return toNegatedDuration(operand);
  if (isNumeric(operand.type)) return { kind: 'negate', type: operand.type, at, operand };
  throw fault(`'-' cannot go with ${describeType(operand.type)}`, at);
}

/** `undefined` where the operator has no meaning between the two. */
function toTemporalArithmetic(
  operator: ArithmeticOperator,
  left: Expression,
  right: Expression,
  fault: Fault,
): Expression | undefined {
  const { at } = left;
  if (operator === 'add' || operator === 'sub') {
    if (left.type === 'null' || right.type === 'null') return toNull(at);
    const duration = (): Expression => (operator === 'sub' ? toNegatedDuration(right) : right);
    switch (`${nameOf(left.type)} ${operator} ${nameOf(right.type)}`) {
      case 'dateTimeOffset add duration':
      case 'dateTimeOffset sub duration':
        return toCall('addDuration', [left, duration()], 'dateTimeOffset', at);
      case 'date add duration':
      case 'date sub duration':
        return toCall('addDurationToDate', [left, duration()], 'date', at);
      case 'duration add duration':
      case 'duration sub duration':
        return toCall('addDurations', [left, duration()], 'duration', at);
      case 'dateTimeOffset sub dateTimeOffset':
        return toCall('subtractInstants', [toInstantOf(left), toInstantOf(right)], 'duration', at);
      case 'date sub date':
        return toCall('subtractDates', [left, right], 'duration', at);
      default:
        return undefined;
    }
  }
  if (left.type === 'duration' && isNumeric(right.type) && operator !== 'mod') {
    if (operator === 'mul') return toCall('multiplyDuration', [left, right], 'duration', at);
    refuseZero(right, fault);
    return toCall('divideDuration', [left, right], 'duration', at);
  }
  if (isNumeric(left.type) && right.type === 'duration' && operator === 'mul') {
    return toCall('multiplyDuration', [right, left], 'duration', at);
  }
  return undefined;
}

function refuseZero(divisor: Expression, fault: Fault): void {
  const value = toScalar(divisor);
  if (value === 0n || value === 0) throw fault('Cannot divide by zero', divisor.at);
}

function toNegatedDuration(duration: Expression): Expression {
  return toCall('negateDuration', [duration], 'duration', duration.at);
}

function toInstantOf(dateTime: Expression): Expression {
  return toCall('instant', [dateTime], 'string', dateTime.at);
}

function isTemporal(type: EdmType): boolean {
  return type === 'dateTimeOffset' || type === 'date' || type === 'duration';
}

function nameOf(type: EdmType): string {
  return typeof type === 'object' ? type.name : type;
}

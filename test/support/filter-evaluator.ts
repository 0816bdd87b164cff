/**
 * What an expression means for a row, by OData 4.01 URL Conventions 5.1.1 alone: a second implementation, which shares nothing with
 * the service's. Where the text leaves a choice, the comment says which was taken.
 */
import {
  calculate,
  compareNumbers,
  integer,
  negate,
  parseNumber,
  type ExactNumber,
} from './exact-number.js';
import { castTo } from './filter-cast.js';
import { STATUSES, type Expression, type Literal, type Row } from './filter-expression.js';
import { callFunction } from './filter-functions.js';
import { calculateTime, isTime, type TimeValue } from './time-arithmetic.js';
import { parseDate, parseDuration, parseInstant, parseTimeOfDay } from './written-time.js';

export type Value =
  | null
  | boolean
  | string
  | ExactNumber
  | TimeValue
  | { kind: 'time'; picoseconds: bigint }
  | { kind: 'status'; value: number };

export function evaluate(expression: Expression, row: Row): Value {
  switch (expression.kind) {
    case 'literal':
      return toValue(expression);
    case 'property':
      return readProperty(expression.name, row);
    case 'comparison':
      return compare(
        expression.operator,
        evaluate(expression.left, row),
        evaluate(expression.right, row),
      );
    case 'in': {
      const value = evaluate(expression.operand, row);
      return expression.list.some((item) => areEqual(value, toValue(item)));
    }
    case 'has':
      return hasMember(evaluate(expression.operand, row), toValue(expression.member));
    case 'logic': {
      const operands = [evaluate(expression.left, row), evaluate(expression.right, row)];
      // Null is unknown: it matters only where the other operand does not settle the answer (5.1.1.1.7 and 8).
      const settling = expression.operator === 'or';
      if (operands.includes(settling)) return settling;
      return operands.includes(null) ? null : !settling;
    }
    case 'not': {
      const value = evaluate(expression.operand, row);
      return value === null ? null : value !== true;
    }
    case 'negate': {
      const value = evaluate(expression.operand, row);
      if (value === null) return null;
      return isTime(value)
        ? { kind: 'duration', picoseconds: -value.picoseconds }
        : negate(value as ExactNumber);
    }
    case 'arithmetic': {
      const left = evaluate(expression.left, row);
      const right = evaluate(expression.right, row);
      if (left === null || right === null) return null;
      return isTime(left)
        ? calculateTime(expression.operator, left, right as TimeValue)
        : calculate(expression.operator, left as ExactNumber, right as ExactNumber);
    }
    case 'call': {
      const parameters = expression.parameters.map((parameter) => evaluate(parameter, row));
      // "If a parameter of a canonical function is null, the function returns null" (5.1.1.4).
      return parameters.includes(null) ? null : callFunction(expression.name, parameters);
    }
    case 'cast': {
      const value = evaluate(expression.operand, row);
      return value === null ? null : castTo(value, expression.target);
    }
    case 'case': {
      const branch = expression.branches.find(([condition]) => evaluate(condition, row) === true);
      return branch === undefined ? null : evaluate(branch[1], row);
    }
  }
}

function readProperty(name: keyof Row, row: Row): Value {
  if (name === 'devicesCount') return integer(row.devicesCount);
  if (name === 'lastReportedDateTime') return parseInstant(row.lastReportedDateTime);
  if (name === 'status') return { kind: 'status', value: STATUSES.indexOf(row.status) };
  return row[name];
}

function toValue({ type, text }: Literal): Value {
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return text === 'true';
    case 'string':
      return text;
    case 'integer':
    case 'decimal':
      return parseNumber(text);
    case 'instant':
      return parseInstant(text);
    case 'date':
      return parseDate(text);
    case 'time':
      return { kind: 'time', picoseconds: parseTimeOfDay(text)! };
    case 'duration':
      return { kind: 'duration', picoseconds: parseDuration(text) };
    case 'status':
      return { kind: 'status', value: STATUSES.indexOf(text) };
  }
}

function compare(operator: string, left: Value, right: Value): boolean {
  const isEqual = areEqual(left, right);
  if (operator === 'eq') return isEqual;
  if (operator === 'ne') return !isEqual;
  // `ge` and `le` follow "the rules for gt and eq": two nulls are equal, and 4.0 says so in words.
  if (isEqual) return operator === 'ge' || operator === 'le';
  if (left === null || right === null) return false;
  const isGreater = order(left, right) > 0;
  return operator.startsWith('g') ? isGreater : !isGreater;
}

/** "The null value is equal to itself, and only to itself." (5.1.1.1.1) */
function areEqual(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  return order(left, right) === 0;
}

/** Below zero where `left` comes first. Null is lower than all (5.1.8, `$orderby`). */
export function order(left: Value, right: Value): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === 'string') return compareCodePoints(left, right as string);
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (left.kind === 'number') return compareNumbers(left, right as ExactNumber);
  if (left.kind === 'status') return left.value - (right as typeof left).value;
  const difference = left.picoseconds - (right as typeof left).picoseconds;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** JavaScript compares UTF-16 units, in which an astral character comes before U+E000. */
export function compareCodePoints(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const place = a.findIndex((character, index) => character !== b[index]);
  if (place === -1) return a.length - b.length;
  return place >= b.length ? 1 : a[place]!.codePointAt(0)! - b[place]!.codePointAt(0)!;
}

/** The type has no flags; the text speaks of flags that are set, so the bits of the numeric value are taken for them. */
function hasMember(value: Value, member: Value): boolean | null {
  if (value === null || member === null) return null;
  const bits = (member as { value: number }).value;
  return ((value as { value: number }).value & bits) === bits;
}

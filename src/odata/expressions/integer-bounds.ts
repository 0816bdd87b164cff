/** Which integers an expression can be. A database that fails where SQLite goes on as a double may
 * be given what stays within bounds. */
import { MAX_COMPUTED_LENGTH } from './expression-cost.js';
import type { Expression, Scalar } from './expression.js';
import { INTEGER_RANGES } from './cast.js';

/** The least and the greatest. */
export type Bounds = readonly [bigint, bigint];

/** What a double holds exactly. */
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * `undefined` where an expression is no integer, or can be one that an Int64 does not hold, as far
 * as its form tells. Where it is null it is neither.
 */
export function boundsOf(expression: Expression): Bounds | undefined {
  const bounds = find(expression);
  return bounds === undefined || isWithin(bounds, INTEGER_RANGES['Edm.Int64']!)
    ? bounds
    : undefined;
}

/** Whether a double holds each value that an expression can have. */
export function isExactAsDouble(expression: Expression): boolean {
  if (expression.type === 'decimal') return true;
  const bounds = boundsOf(expression);
  return bounds !== undefined && isWithin(bounds, [-MAX_SAFE, MAX_SAFE]);
}

export function isScalarExactAsDouble(value: Scalar): boolean {
  return typeof value !== 'bigint' || isWithin([value, value], [-MAX_SAFE, MAX_SAFE]);
}

function find(expression: Expression): Bounds | undefined {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'bigint'
        ? [expression.value, expression.value]
        : undefined;
    case 'property': {
      const { type, edmType } = expression.property;
      return typeof type === 'object'
        ? [0n, BigInt(type.members.length - 1)]
        : INTEGER_RANGES[edmType];
    }
    case 'negate': {
      const bounds = boundsOf(expression.operand);
      return bounds === undefined ? undefined : [-bounds[1], -bounds[0]];
    }
    case 'arithmetic':
      return combine(expression);
    case 'call':
      return CALLS[expression.sql];
    case 'case':
      return expression.branches
        .map(({ then }) => boundsOf(then))
        .reduce((one, other) => one && other && hull([...one, ...other]));
    default:
      return undefined;
  }
}

/** The functions that can be no more, whatever they are called with. */
const CALLS: Partial<Record<string, Bounds>> = {
  length: [0n, BigInt(MAX_COMPUTED_LENGTH)],
  indexOf: [-1n, BigInt(MAX_COMPUTED_LENGTH)],
  year: [0n, 9999n],
  month: [0n, 99n],
  day: [0n, 99n],
  hourOfDateTime: [0n, 99n],
  minuteOfDateTime: [0n, 99n],
  hour: [0n, 99n],
  minute: [0n, 99n],
};

function combine({ operator, left, right }: Expression & { kind: 'arithmetic' }) {
  const a = boundsOf(left);
  const b = boundsOf(right);
  if (a === undefined || b === undefined) return undefined;
  switch (operator) {
    case 'add':
      return hull(a.flatMap((x) => b.map((y) => x + y)));
    case 'sub':
      return hull(a.flatMap((x) => b.map((y) => x - y)));
    case 'mul':
      return hull(a.flatMap((x) => b.map((y) => x * y)));
    case 'div':
      return holdsZero(b) ? undefined : hull(a.flatMap((x) => b.map((y) => x / y)));
    case 'mod':
      return holdsZero(b) ? undefined : hull([...a, 0n]);
    case 'divby':
      return undefined;
  }
}

function holdsZero([min, max]: Bounds): boolean {
  return min <= 0n && max >= 0n;
}

function hull(values: readonly bigint[]): Bounds {
  return [
    values.reduce((least, value) => (value < least ? value : least)),
    values.reduce((most, value) => (value > most ? value : most)),
  ];
}

function isWithin([min, max]: Bounds, [least, most]: Bounds): boolean {
  return min >= least && max <= most;
}

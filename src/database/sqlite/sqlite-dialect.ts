/** SQLite's SQL for expressions, and the functions it lacks. */
import type { Database } from 'better-sqlite3';

import { castValue, roundHalfAway } from '../../odata/expressions/cast.js';
import { toInstant } from '../../odata/date-time-offset.js';
import type { PrimitiveType } from '../../odata/edm.js';
import { foldCase } from '../../odata/expressions/search-parser.js';
import type { SqlDialect } from '../../odata/sql/sql-dialect.js';
import type { SqlFunction } from '../../odata/sql/sql-function.js';
import { STANDARD_WORDS, type SqlWords } from '../../odata/sql/standard-words.js';
import {
  addDuration,
  addDurationToDate,
  addDurations,
  divideDuration,
  fractionalSecondsOf,
  multiplyDuration,
  negateDuration,
  secondOf,
  subtractDates,
  subtractInstants,
  timeOf,
  totalOffsetMinutesOf,
  totalSecondsOf,
} from '../../odata/expressions/temporal.js';
import { compilePattern } from '../patterns.js';

/** The functions that SQL says in its own words. Each operand stands in the text once. */
const NATIVE: SqlWords = {
  ...STANDARD_WORDS,
  contains: ([text, part]) => `(instr(${text!}, ${part!}) > 0)`,
  indexOf: ([text, part]) => `(instr(${text!}, ${part!}) - 1)`,
  length: ([text]) => `length(${text!})`,
};

const ARITHMETIC = { add: '+', sub: '-', mul: '*', div: '/' } as const;

export const sqliteDialect: SqlDialect = {
  requireExact: () => undefined,
  placeholder: () => '?',
  toParameter: (value) => (typeof value === 'boolean' ? Number(value) : value),
  arithmetic: (operator, left, right) => `(${left} ${ARITHMETIC[operator]} ${right})`,
  negate: (sql) => `(- ${sql})`,
  isSame: (left, right) => `(${left} IS ${right})`,
  isDistinct: (left, right) => `(${left} IS NOT ${right})`,
  // A bare 0 or 1 behind ORDER BY, even one that is left of `0 AND …`, would be the number of a
  // column.
  boolean: (value) => (value ? '(1 = 1)' : '(1 = 0)'),
  toDecimal: (sql) => `CAST(${sql} AS REAL)`,
  sum: (sql) => `sum(${sql})`,
  average: (sql) => `CAST(avg(${sql}) AS REAL)`,
  unindexed: (sql) => `+${sql}`,
  toDigits: (sql) => `CAST(${sql} AS TEXT)`,
  // The pair sorts as its first part does, because nothing in that is less than the space.
  valueAt: (extreme, value, comparable) =>
    `substr(${extreme}(${comparable} || ' ' || ${value}), length(${extreme}(${comparable})) + 2)`,
  call: (name, operands) =>
    NATIVE[name]?.(operands) ?? `${toSqlName(name)}(${operands.join(', ')})`,
  deadlineCheck: `${toSqlName('inTime')}()`,
  // SQLite takes null for less than everything else.
  order: (sql, isDescending) => `${sql} ${isDescending ? 'DESC' : 'ASC'}`,
  prefix: () => undefined,
  joinsStretches: false,
  splitsCounts: false,
};

type Value = string | number | bigint;

/**
 * The others, in JavaScript. SQLite hands integers over as bigints, so that none is rounded on its
 * way.
 */
const REGISTERED: Partial<Record<SqlFunction, (...operands: never[]) => Value | boolean | null>> = {
  startsWith: (text: string, start: string) => text.startsWith(start),
  endsWith: (text: string, end: string) => text.endsWith(end),
  matchesPattern: (text: string, pattern: string) => compilePattern(pattern)!.matcher(text).find(),
  substring: (text: string, start: Value, length?: Value) => substring(text, start, length),
  toLower: (text: string) => text.toLowerCase(),
  toUpper: (text: string) => text.toUpperCase(),
  trim: (text: string) => trim(text),
  totalOffsetMinutes: (dateTime: string) => BigInt(totalOffsetMinutesOf(dateTime)),
  second: (text: string) => BigInt(secondOf(text)),
  fractionalSeconds: (text: string) => fractionalSecondsOf(text),
  time: (dateTime: string) => timeOf(dateTime) ?? null,
  instant: (dateTime: string) => toInstant(dateTime) ?? null,
  totalSeconds: (duration: string) => totalSecondsOf(duration),
  // A decimal that is a whole number can come as a bigint.
  round: (number: number | bigint) => (typeof number === 'bigint' ? number : roundHalfAway(number)),
  divideDecimals: (dividend: number, divisor: number) => dividend / divisor,
  modulo: (dividend: Value, divisor: Value) => modulo(dividend, divisor),
  addDuration: (dateTime: string, duration: string) => addDuration(dateTime, duration),
  addDurationToDate: (date: string, duration: string) => addDurationToDate(date, duration),
  subtractInstants: (later: string, earlier: string) => subtractInstants(later, earlier),
  subtractDates: (later: string, earlier: string) => subtractDates(later, earlier),
  addDurations: (one: string, other: string) => addDurations(one, other),
  negateDuration: (duration: string) => negateDuration(duration),
  multiplyDuration: (duration: string, factor: Value) =>
    multiplyDuration(duration, factor as number | bigint),
  divideDuration: (duration: string, divisor: Value) =>
    divideDuration(duration, divisor as number | bigint),
  cast: (value: Value, from: string, target: string) =>
    castValue(value, from as PrimitiveType, target),
  hasTerm: (text: string, term: string) => foldCase(text).includes(term),
};

function toSqlName(name: SqlFunction | 'inTime'): string {
  return `odata_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** `check` is called for every row, and within every function; what it throws ends the query. */
export function registerFunctions(database: Database, check: () => void): void {
  database.function(toSqlName('inTime'), { directOnly: true }, () => {
    check();
    return 1;
  });
  for (const [name, implementation] of Object.entries(REGISTERED)) {
    const compute = implementation as (...operands: unknown[]) => Value | boolean | null;
    database.function(
      toSqlName(name as SqlFunction),
      { deterministic: true, varargs: true, directOnly: true, safeIntegers: true },
      (...operands: unknown[]) => {
        // "If a parameter of a canonical function is null, the function returns null" (5.1.1.4).
        if (operands.includes(null)) return null;
        check();
        const value = compute(...operands);
        return typeof value === 'boolean' ? BigInt(value) : value;
      },
    );
  }
}

/**
 * Counted in characters, not in UTF-16 units. A start below zero counts from the end (5.1.1.5.7).
 */
function substring(text: string, start: Value, length?: Value): string | null {
  if (length !== undefined && Number(length) < 0) return null;
  const characters = Array.from(text);
  // What is beyond Int64 arrives as a double.
  const from = Number(start) < 0 ? Number(start) + characters.length : Number(start);
  const to = length === undefined ? undefined : Math.max(from, 0) + Number(length);
  return characters.slice(Math.max(from, 0), to).join('');
}

const WHITE_SPACE = /\p{White_Space}/u;

/**
 * White space as Unicode has it (5.1.1.7.4): JavaScript's own takes U+FEFF for some, and U+0085 for
 * none.
 */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && WHITE_SPACE.test(text.charAt(start))) start += 1;
  while (end > start && WHITE_SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The remainder has the sign of the dividend; there is none of a division by zero. */
function modulo(dividend: Value, divisor: Value): Value | null {
  if (typeof dividend === 'bigint' && typeof divisor === 'bigint') {
    return divisor === 0n ? null : dividend % divisor;
  }
  return Number(dividend) % Number(divisor);
}

/** The canonical functions, URL Conventions 5.1.1.5 to 5.1.1.9; no parameter is null. A character is a Unicode code point. */
import { floor, fraction, integer, negate, round, type ExactNumber } from './exact-number.js';
import type { Value } from './filter-evaluator.js';
import { parseDate, parseInstant, type Instant } from './written-time.js';

const PICOSECONDS = 1_000_000_000_000n;

export function callFunction(name: string, parameters: Value[]): Value {
  const [first, second, third] = parameters;
  if (typeof first === 'string') return callOnString(name, first, second!, third);
  if (name === 'now') return parseInstant(new Date().toISOString());
  // The earliest and latest of four-digit years in UTC; with an offset, a row can lie a little beyond.
  if (name === 'mindatetime') return parseInstant('0001-01-01T00:00:00Z');
  if (name === 'maxdatetime') return parseInstant('9999-12-31T23:59:59.999999999999Z');
  if (['round', 'floor', 'ceiling'].includes(name)) return callOnNumber(name, first as ExactNumber);
  return callOnTime(name, first as Instant);
}

function callOnString(name: string, text: string, second: Value, third?: Value): Value {
  const characters = Array.from(text);
  switch (name) {
    case 'concat':
      return text + (second as string);
    case 'contains':
      return text.includes(second as string);
    case 'startswith':
      return text.startsWith(second as string);
    case 'endswith':
      return text.endsWith(second as string);
    case 'indexof': {
      const unit = text.indexOf(second as string);
      return integer(unit === -1 ? -1 : Array.from(text.slice(0, unit)).length);
    }
    case 'length':
      return integer(characters.length);
    case 'substring': {
      const start = toNumber(second);
      const end = third === undefined ? undefined : start + toNumber(third);
      return characters.slice(start, end).join('');
    }
    case 'tolower':
      return text.toLowerCase();
    case 'toupper':
      return text.toUpperCase();
    case 'trim':
      // "According to Unicode rules": String.trim knows U+FEFF, which is no white space, and not U+0085, which is.
      return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
    case 'matchesPattern':
      return new RegExp(second as string, 'u').test(text);
    default:
      throw new Error(`no string function ${name}`);
  }
}

function toNumber(value: Value | undefined): number {
  return Number((value as ExactNumber).numerator);
}

function callOnNumber(name: string, number: ExactNumber): ExactNumber {
  const whole =
    name === 'floor' ? floor(number) : name === 'ceiling' ? -floor(negate(number)) : round(number);
  return { ...integer(whole), isInteger: number.isInteger };
}

/** Parts are "evaluated in the time zone of the DateTimeOffset parameter value": those that are written. */
function callOnTime(name: string, value: NonNullable<Value>): Value {
  const { date, timeOfDay, offsetMinutes } = toParts(value);
  const seconds = timeOfDay / PICOSECONDS;
  switch (name) {
    case 'date':
      return parseDate(date);
    case 'time':
      return { kind: 'time', picoseconds: timeOfDay };
    case 'year':
      return integer(BigInt(date.slice(0, 4)));
    case 'month':
      return integer(BigInt(date.slice(5, 7)));
    case 'day':
      return integer(BigInt(date.slice(8, 10)));
    case 'hour':
      return integer(seconds / 3600n);
    case 'minute':
      return integer((seconds / 60n) % 60n);
    case 'second':
      return integer(seconds % 60n);
    case 'fractionalseconds':
      return fraction(timeOfDay % PICOSECONDS, PICOSECONDS);
    case 'totaloffsetminutes':
      return integer(offsetMinutes);
    default:
      throw new Error(`no function ${name}`);
  }
}

function toParts(value: NonNullable<Value>): {
  date: string;
  timeOfDay: bigint;
  offsetMinutes: number;
} {
  const parts = { date: '', timeOfDay: 0n, offsetMinutes: 0 };
  if (typeof value !== 'object') throw new Error('a date or time is needed');
  if (value.kind === 'instant') return value;
  if (value.kind === 'date') return { ...parts, date: value.text };
  return { ...parts, timeOfDay: (value as { picoseconds: bigint }).picoseconds };
}

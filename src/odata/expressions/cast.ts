/**
 * `cast` between primitive types (OData 4.01 URL Conventions, 5.1.1.10.1), on values in the forms
 * in which they are kept.
 */
import { toInstant } from '../date-time-offset.js';
import type { PrimitiveType } from '../edm.js';
import {
  parseDuration,
  parseTimeOfDay,
  timeOf,
  toDateTimeText,
  toDurationText,
} from './temporal.js';

/** What integer types hold. */
export const INTEGER_RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  'Edm.Byte': [0n, 255n],
  'Edm.SByte': [-128n, 127n],
  'Edm.Int16': [-32_768n, 32_767n],
  'Edm.Int32': [-2_147_483_648n, 2_147_483_647n],
  'Edm.Int64': [-(2n ** 63n), 2n ** 63n - 1n],
};

const INTEGER = /^[+-]?\d{1,19}$/;
const NUMBER = /^(?:[+-]?\d{1,400}(?:\.\d{1,400})?(?:e[+-]?\d{1,4})?|-?INF)$/i;
const ZONED = /(?:Z|[+-]\d\d:\d\d)$/i;

type Value = string | number | bigint;

/**
 * `null` where the cast fails: it is no error (rule of the section's last sentence). Booleans are 0
 * and 1.
 */
export function castValue(value: Value, from: PrimitiveType, target: string): Value | null {
  const range = INTEGER_RANGES[target];
  if (range !== undefined) return toInteger(value, from, range);
  switch (target) {
    case 'Edm.String':
      return castToString(value, from);
    case 'Edm.Double':
    case 'Edm.Single':
    case 'Edm.Decimal':
      return toDecimal(value, from, target);
    case 'Edm.Boolean':
      return toBoolean(value, from);
    case 'Edm.DateTimeOffset':
      return toDateTime(value, from);
    case 'Edm.Date':
      return toDate(value, from);
    case 'Edm.TimeOfDay':
      if (from === 'dateTimeOffset') return timeOf(String(value)) ?? null;
      return from === 'timeOfDay' ? value : (textOf(value, from, parseTimeOfDay) ?? null);
    case 'Edm.Duration':
      return from === 'duration' ? value : (textOf(value, from, parseDuration) ?? null);
    default:
      return null;
  }
}

function textOf(
  value: Value,
  from: PrimitiveType,
  parse: (text: string) => string | undefined,
): string | undefined {
  return from === 'string' ? parse(String(value)) : undefined;
}

function castToString(value: Value, from: PrimitiveType): string {
  if (from === 'boolean') return Number(value) === 0 ? 'false' : 'true';
  if (from === 'duration') return toDurationText(String(value));
  if (value === Infinity) return 'INF';
  return value === -Infinity ? '-INF' : String(value);
}

function toInteger(
  value: Value,
  from: PrimitiveType,
  [min, max]: readonly [bigint, bigint],
): bigint | null {
  let integer: bigint;
  if (from === 'string') {
    if (!INTEGER.test(String(value))) return null;
    integer = BigInt(String(value).replace(/^\+/, ''));
  } else if (from === 'integer' || from === 'decimal') {
    if (typeof value === 'number' && !Number.isFinite(value)) return null;
    integer = typeof value === 'number' ? BigInt(roundHalfAway(value)) : BigInt(value);
  } else {
    return null;
  }
  return integer >= min && integer <= max ? integer : null;
}

function toDecimal(value: Value, from: PrimitiveType, target: string): number | null {
  let number: number;
  if (from === 'integer' || from === 'decimal') number = Number(value);
  else if (from === 'string' && NUMBER.test(String(value))) {
    number = Number(String(value).replace(/INF/i, 'Infinity'));
  } else return null;
  return target === 'Edm.Single' ? Math.fround(number) : number;
}

function toBoolean(value: Value, from: PrimitiveType): Value | null {
  if (from === 'boolean') return value;
  if (from !== 'string') return null;
  if (/^true$/i.test(String(value))) return 1n;
  return /^false$/i.test(String(value)) ? 0n : null;
}

/** A text without a zone is taken for UTC (rule 11). */
function toDateTime(value: Value, from: PrimitiveType): string | null {
  if (from === 'dateTimeOffset') return String(value);
  if (from !== 'string') return null;
  const text = ZONED.test(String(value)) ? String(value) : `${String(value)}Z`;
  return toInstant(text) === undefined ? null : text;
}

function toDate(value: Value, from: PrimitiveType): string | null {
  if (from === 'date' || from === 'dateTimeOffset') return String(value).slice(0, 10);
  const isDate = from === 'string' && /^\d{4}-\d\d-\d\d$/.test(String(value));
  return isDate && toInstant(toDateTimeText(String(value))) !== undefined ? String(value) : null;
}

/** The midpoint between two integers goes away from zero (5.1.1.9.3). */
export function roundHalfAway(value: number): number {
  const rounded = Math.round(Math.abs(value));
  return value < 0 ? 0 - rounded : rounded;
}

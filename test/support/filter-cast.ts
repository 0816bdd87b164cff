/** `cast`, URL Conventions 5.1.1.10.1; null where it fails. The numbers in comments are those of its assignment rules. */
import { integer, parseNumber, round, type ExactNumber } from './exact-number.js';
import type { Value } from './filter-evaluator.js';
import { STATUSES } from './filter-expression.js';
import { parseDate, parseInstant, parseTimeOfDay } from './written-time.js';

const INTEGER_RANGES: Partial<Record<string, [bigint, bigint]>> = {
  'Edm.Byte': [0n, 255n],
  'Edm.SByte': [-128n, 127n],
  'Edm.Int16': [-32_768n, 32_767n],
  'Edm.Int32': [-2_147_483_648n, 2_147_483_647n],
  'Edm.Int64': [-(2n ** 63n), 2n ** 63n - 1n],
};

export function castTo(value: NonNullable<Value>, target: string): Value {
  if (target === 'Edm.String') return toPayloadText(value);
  if (typeof value === 'string') return parseLiteral(value, target);

  const range = INTEGER_RANGES[target];
  if (target.endsWith('complianceStatus')) return toStatus((value as ExactNumber).numerator);
  if (range !== undefined) return toInteger(value, range);
  return { ...(value as ExactNumber), isInteger: false };
}

/** Rule 2. */
function toPayloadText(value: NonNullable<Value>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  switch (value.kind) {
    case 'number':
      return String(value.numerator);
    case 'status':
      return STATUSES[value.value]!;
    case 'instant':
    case 'date':
      return value.text;
    default:
      throw new Error(`${value.kind} has more than one representation`);
  }
}

/** Rule 3. */
function parseLiteral(text: string, target: string): Value {
  const range = INTEGER_RANGES[target];
  if (range !== undefined) {
    return /^[+-]?\d+$/.test(text) ? toInteger(parseNumber(text)!, range) : null;
  }
  if (target.endsWith('complianceStatus')) return toStatus(BigInt(STATUSES.indexOf(text)));
  switch (target) {
    case 'Edm.Boolean':
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : null;
    case 'Edm.Date':
      return parseDate(text);
    case 'Edm.TimeOfDay': {
      const picoseconds = parseTimeOfDay(text);
      return picoseconds === null ? null : { kind: 'time', picoseconds };
    }
    case 'Edm.DateTimeOffset':
      return parseInstant(text);
    default: {
      const number = parseNumber(text);
      return number === null ? null : { ...number, isInteger: false };
    }
  }
}

/** Rules 4 and 9. "Appropriate rounding" is taken for that of `round`. */
function toInteger(value: NonNullable<Value>, [lowest, highest]: [bigint, bigint]): Value {
  const { kind } = value as Exclude<NonNullable<Value>, string | boolean>;
  const number =
    kind === 'status' ? BigInt((value as { value: number }).value) : round(value as ExactNumber);
  return number < lowest || number > highest ? null : integer(number);
}

/** Rule 10. */
function toStatus(value: bigint): Value {
  return STATUSES[Number(value)] === undefined ? null : { kind: 'status', value: Number(value) };
}

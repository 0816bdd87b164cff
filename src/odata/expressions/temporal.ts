/**
 * Dates, times and durations as texts that sort by code point as what they stand for (OData ABNF,
 * `dateValue`, `timeOfDayValue`, `durationValue`), and the arithmetic of them (URL Conventions
 * 4.01, 5.1.1.2 and 5.1.1.8). Exact: twelve fractional digits.
 *
 *     date       YYYY-MM-DD
 *     timeOfDay  hh:mm:ss[.fraction without trailing zeros]
 *     duration   seconds and a bias in fourteen digits, then the fraction without trailing zeros
 */
import { EPOCH_SHIFT_SECONDS, SECOND_DIGITS, toInstant } from '../date-time-offset.js';

export const FRACTION_DIGITS = 12;
const PICOSECONDS = 10n ** BigInt(FRACTION_DIGITS);

/** Durations reach as far as every difference of two instants does, and farther. */
const DURATION_DIGITS = 14;
const DURATION_BIAS = 10n ** 13n * PICOSECONDS;

const DURATION =
  /^([+-]?)P(?=\d|T\d)(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{1,12}))?S)?)?$/i;
const TIME_OF_DAY = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?$/;
const OFFSET = /(?:Z|([+-])(\d\d):(\d\d))$/i;

/**
 * A day-time duration such as `-P1DT2H3.5S`, in the form that sorts; `undefined` for any other
 * text.
 */
export function parseDuration(text: string): string | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match
    .slice(2, 6)
    .map((part) => BigInt((part as string | undefined) ?? 0));
  const whole = ((days! * 24n + hours!) * 60n + minutes!) * 60n + seconds!;
  const picoseconds = whole * PICOSECONDS + BigInt((match[6] ?? '').padEnd(FRACTION_DIGITS, '0'));
  return toDuration(match[1] === '-' ? -picoseconds : picoseconds);
}

/** A time of day in the form that sorts; `undefined` where there is none such. */
export function parseTimeOfDay(text: string): string | undefined {
  const match = TIME_OF_DAY.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second = '00', fraction = ''] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const kept = fraction.replace(/0+$/, '');
  return `${hour!}:${minute!}:${second}${kept === '' ? '' : `.${kept}`}`;
}

/** The first moment of a date, in UTC. */
export function toDateTimeText(date: string): string {
  return `${date}T00:00:00Z`;
}

/** The time of day that a timestamp says, in its own zone. */
export function timeOf(dateTime: string): string | undefined {
  return parseTimeOfDay(dateTime.slice(11).replace(OFFSET, ''));
}

/**
 * The seconds of a time of day or a timestamp's, without their fraction; 0 where they are not
 * written.
 */
export function secondOf(text: string): number {
  return Number(/:\d\d:(\d\d)/.exec(text)?.[1] ?? 0);
}

/** The fraction of the seconds: at least 0, less than 1. */
export function fractionalSecondsOf(text: string): number {
  return Number(`0.${/\.(\d+)/.exec(text)?.[1] ?? '0'}`);
}

/** Minutes east of UTC. */
export function totalOffsetMinutesOf(dateTime: string): number {
  const [, sign, hours = '0', minutes = '0'] = OFFSET.exec(dateTime) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? 0 - offset : offset;
}

/**
 * A timestamp moved by a duration, in its own zone; `null` where that is beyond the years 0000 to
 * 9999.
 */
export function addDuration(dateTime: string, duration: string): string | null {
  const offset = OFFSET.exec(dateTime)![0];
  const offsetPicoseconds = BigInt(totalOffsetMinutesOf(dateTime) * 60) * PICOSECONDS;
  const local =
    instantToPicoseconds(toInstant(dateTime)!) +
    offsetPicoseconds +
    durationToPicoseconds(duration);
  const text = toLocalText(local);
  return text === null ? null : text + offset;
}

/** A date moved by a duration: the date on which midnight arrives. */
export function addDurationToDate(date: string, duration: string): string | null {
  const moved =
    instantToPicoseconds(toInstant(toDateTimeText(date))!) + durationToPicoseconds(duration);
  return toLocalText(moved)?.slice(0, 10) ?? null;
}

/** The duration from one instant (in the form that sorts) to another. */
export function subtractInstants(later: string, earlier: string): string {
  return toDuration(instantToPicoseconds(later) - instantToPicoseconds(earlier))!;
}

export function subtractDates(later: string, earlier: string): string {
  return subtractInstants(toInstant(toDateTimeText(later))!, toInstant(toDateTimeText(earlier))!);
}

export function addDurations(one: string, other: string): string | null {
  return toDuration(durationToPicoseconds(one) + durationToPicoseconds(other)) ?? null;
}

export function negateDuration(duration: string): string {
  return toDuration(-durationToPicoseconds(duration))!;
}

/** `null` where the product is no duration that can be written. */
export function multiplyDuration(duration: string, factor: number | bigint): string | null {
  const picoseconds = durationToPicoseconds(duration);
  if (Number.isInteger(Number(factor))) return toDuration(picoseconds * BigInt(factor)) ?? null;
  const product = Math.round(Number(picoseconds) * Number(factor));
  return Number.isFinite(product) ? (toDuration(BigInt(product)) ?? null) : null;
}

/** `null` where the quotient is no duration that can be written. */
export function divideDuration(duration: string, divisor: number | bigint): string | null {
  const picoseconds = durationToPicoseconds(duration);
  if (Number.isInteger(Number(divisor)) && Number(divisor) !== 0) {
    return toDuration(divideRounded(picoseconds, BigInt(divisor))) ?? null;
  }
  const quotient = Math.round(Number(picoseconds) / Number(divisor));
  return Number.isFinite(quotient) ? (toDuration(BigInt(quotient)) ?? null) : null;
}

export function totalSecondsOf(duration: string): number {
  const picoseconds = durationToPicoseconds(duration);
  const size = abs(picoseconds);
  const fraction = String(size % PICOSECONDS).padStart(FRACTION_DIGITS, '0');
  return Number(`${picoseconds < 0n ? '-' : ''}${String(size / PICOSECONDS)}.${fraction}`);
}

/** A duration as payloads have it, such as `-P1DT2H3.5S`. */
export function toDurationText(duration: string): string {
  const picoseconds = durationToPicoseconds(duration);
  const size = abs(picoseconds);
  const seconds = size / PICOSECONDS;
  const fraction = String(size % PICOSECONDS)
    .padStart(FRACTION_DIGITS, '0')
    .replace(/0+$/, '');
  const days = seconds / 86_400n;
  const rest = [
    [(seconds / 3600n) % 24n, 'H'],
    [(seconds / 60n) % 60n, 'M'],
  ] as const;
  const time = rest
    .map(([count, unit]) => (count === 0n ? '' : `${String(count)}${unit}`))
    .join('');
  const last =
    seconds % 60n === 0n && fraction === ''
      ? ''
      : `${String(seconds % 60n)}${fraction === '' ? '' : `.${fraction}`}S`;
  const date = days === 0n ? '' : `${String(days)}D`;
  const both = time + last === '' ? date : `${date}T${time}${last}`;
  return `${picoseconds < 0n ? '-' : ''}P${both === '' ? 'T0S' : both}`;
}

/** Halves go away from zero. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  const isHalf = 2n * abs(remainder) >= abs(divisor);
  if (!isHalf) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function instantToPicoseconds(instant: string): bigint {
  return BigInt(instant.padEnd(SECOND_DIGITS + FRACTION_DIGITS, '0'));
}

function durationToPicoseconds(duration: string): bigint {
  return BigInt(duration.padEnd(DURATION_DIGITS + FRACTION_DIGITS, '0')) - DURATION_BIAS;
}

function toDuration(picoseconds: bigint): string | undefined {
  const biased = picoseconds + DURATION_BIAS;
  if (biased < 0n || biased >= 2n * DURATION_BIAS) return undefined;
  const digits = String(biased).padStart(DURATION_DIGITS + FRACTION_DIGITS, '0');
  const fraction = digits.slice(DURATION_DIGITS).replace(/0+$/, '');
  return digits.slice(0, DURATION_DIGITS) + fraction;
}

/** Date and time of a count of picoseconds since the epoch of instants, without a zone. */
function toLocalText(picoseconds: bigint): string | null {
  if (picoseconds < 0n) return null;
  const seconds = Number(picoseconds / PICOSECONDS) - EPOCH_SHIFT_SECONDS;
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return null;
  const fraction = String(picoseconds % PICOSECONDS)
    .padStart(FRACTION_DIGITS, '0')
    .replace(/0+$/, '');
  return date.toISOString().slice(0, 19) + (fraction === '' ? '' : `.${fraction}`);
}

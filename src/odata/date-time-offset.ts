/**
 * `Edm.DateTimeOffset` (OData ABNF, `dateTimeOffsetValue`) and RFC 3339 timestamps, which differ
 * only in whether the seconds may be left out. A JavaScript `Date` would lose digits and the
 * offset, so neither is kept in one.
 */

/** The longest text that can be a timestamp: 12 fractional digits and a numeric offset. */
const MAX_LENGTH = 38;

/** Without flags, so that its source is a pattern of JSON Schema. */
export const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Seconds from a day before year 0 to 1970: no instant that can be written is below zero. */
export const EPOCH_SHIFT_SECONDS = 62_167_219_200 + 86_400;
export const SECOND_DIGITS = 12;

/** After so many years the calendar begins anew. */
const CYCLE_YEARS = 400;
const CYCLE_SECONDS = 146_097 * 86_400;

const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The instant a timestamp stands for, as a text that sorts as instants do, by code point: the
 * seconds since a day before 0000-01-01 in twelve digits, then the fraction without its trailing
 * zeros. `undefined` where the text is no timestamp with a zone. Equal instants give equal texts
 * whatever their offset, at full precision.
 */
export function toInstant(text: string): string | undefined {
  // A timestamp that is found to be good is asked for its instant next.
  if (text === last.text) return last.instant;
  const instant = readInstant(text);
  last = { text, instant };
  return instant;
}

let last: { text: string; instant: string | undefined } = { text: '', instant: undefined };

function readInstant(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;

  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6] ?? 0);
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  const isTimeOfDay = hour <= 23 && minute <= 59 && second <= 59;
  if (!isTimeOfDay || offsetHours > 23 || offsetMinutes > 59) return undefined;
  if (day < 1 || day > daysOf(year, month)) return undefined;

  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
  const midnight = Date.UTC(year + CYCLE_YEARS, month - 1, day) / 1000 - CYCLE_SECONDS;
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 3600 + offsetMinutes * 60);
  const seconds = midnight + hour * 3600 + minute * 60 + second - offset;
  const fraction = match[7]?.replace(/0+$/, '') ?? '';
  return String(seconds + EPOCH_SHIFT_SECONDS).padStart(SECOND_DIGITS, '0') + fraction;
}

/** 0 for a month that there is not. */
function daysOf(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : (DAYS[month - 1] ?? 0);
}

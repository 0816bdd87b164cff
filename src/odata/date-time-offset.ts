/**
 * `Edm.DateTimeOffset` (OData ABNF, `dateTimeOffsetValue`) and RFC 3339 timestamps, which differ only in whether
 * the seconds may be left out. A JavaScript `Date` would lose digits and the offset, so neither is kept in one.
 */

/** The longest text that can be a timestamp: 12 fractional digits and a numeric offset. */
const MAX_LENGTH = 38;

/** Without flags, so that its source is a pattern of JSON Schema. */
export const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Seconds from a day before year 0 to 1970: no instant that can be written is below zero. */
export const EPOCH_SHIFT_SECONDS = 62_167_219_200 + 86_400;
export const SECOND_DIGITS = 12;

/**
 * The instant a timestamp stands for, as a text that sorts as instants do, by code point: the seconds since a
 * day before 0000-01-01 in twelve digits, then the fraction without its trailing zeros. `undefined` where the text is no timestamp
 * with a zone. Equal instants give equal texts whatever their offset, at full precision.
 */
export function toInstant(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;

  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number((part as string | undefined) ?? 0));
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  const isInRange =
    hour! <= 23 && minute! <= 59 && second! <= 59 && offsetHours <= 23 && offsetMinutes <= 59;
  if (!isInRange) return undefined;

  const date = new Date(0);
  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999; `setUTCFullYear` does not.
  date.setUTCFullYear(year!, month! - 1, day);
  const isCalendarDay = date.getUTCMonth() === month! - 1 && date.getUTCDate() === day;
  if (!isCalendarDay) return undefined;

  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 3600 + offsetMinutes * 60);
  const seconds = date.getTime() / 1000 + hour! * 3600 + minute! * 60 + second! - offset;
  const fraction = (match[7] ?? '').replace(/0+$/, '');
  return String(seconds + EPOCH_SHIFT_SECONDS).padStart(SECOND_DIGITS, '0') + fraction;
}

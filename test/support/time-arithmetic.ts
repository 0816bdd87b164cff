/** `add` and `sub` of dates, instants and durations, URL Conventions 5.1.1.2.1 and 5.1.1.2.2. */
import {
  parseDate,
  parseInstant,
  rewrite,
  type CalendarDate,
  type Instant,
} from './written-time.js';

export type TimeValue = Instant | CalendarDate | { kind: 'duration'; picoseconds: bigint };

const DAY = 86_400_000_000_000_000n;

export function isTime(value: unknown): value is TimeValue {
  const { kind } = value as { kind?: string };
  return kind === 'instant' || kind === 'date' || kind === 'duration';
}

/** Null where the result has no year of four digits: the text is silent. */
export function calculateTime(
  operator: string,
  left: TimeValue,
  right: TimeValue,
): TimeValue | null {
  const sum = left.picoseconds + (operator === 'add' ? right.picoseconds : -right.picoseconds);
  if (left.kind === right.kind) return { kind: 'duration', picoseconds: sum };
  if (left.kind === 'instant') {
    const text = rewrite({ ...left, picoseconds: sum }, left.offsetMinutes);
    return text === undefined ? null : parseInstant(text);
  }
  // A date is the midnight that begins it; what is left of a day is dropped.
  const midnight = sum - (((sum % DAY) + DAY) % DAY);
  return parseDate(new Date(Number(midnight / 1_000_000_000n)).toISOString().slice(0, 10));
}

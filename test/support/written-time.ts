/** Dates and times as they are written, to the picosecond; independent of the service's own reading of them. */

const PICOSECONDS = 1_000_000_000_000n;
const MINUTE = 60n * PICOSECONDS;

export interface Instant {
  kind: 'instant';
  /** Since 1970, in UTC. */
  picoseconds: bigint;
  /** As written; its parts are those of its own zone. */
  text: string;
  date: string;
  /** Since midnight, in its own zone. */
  timeOfDay: bigint;
  offsetMinutes: number;
}

export function parseInstant(text: string): Instant | null {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)(Z|[+-]\d\d:\d\d)$/i.exec(
    text,
  );
  if (match === null) return null;
  const [, date, time, zone] = match;
  const timeOfDay = parseTimeOfDay(time!);
  const midnight = parseDate(date!)?.picoseconds;
  if (timeOfDay === null || midnight === undefined) return null;
  const offsetMinutes = parseOffset(zone!);
  return {
    kind: 'instant',
    picoseconds: midnight + timeOfDay - BigInt(offsetMinutes) * MINUTE,
    text,
    date: date!,
    timeOfDay,
    offsetMinutes,
  };
}

function parseOffset(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}

export interface CalendarDate {
  kind: 'date';
  /** Of its midnight, since 1970. */
  picoseconds: bigint;
  text: string;
}

export function parseDate(text: string): CalendarDate | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  // `Date` takes the 30th of February for the 1st of March.
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text)) return null;
  return { kind: 'date', picoseconds: BigInt(day.getTime()) * 1_000_000_000n, text };
}

export function parseTimeOfDay(text: string): bigint | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,12}))?)?$/.exec(text);
  if (match === null) return null;
  const [, hour, minute, second = '0', fraction = ''] = match;
  const seconds = BigInt(hour!) * 3600n + BigInt(minute!) * 60n + BigInt(second);
  return seconds * PICOSECONDS + BigInt(fraction.padEnd(12, '0'));
}

/** A `dayTimeDuration`. */
export function parseDuration(text: string): bigint {
  const match = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/.exec(text)!;
  const [days, hours, minutes, seconds] = match.slice(2, 6).map((part) => BigInt(part || 0));
  const whole = ((days! * 24n + hours!) * 60n + minutes!) * 60n + seconds!;
  const picoseconds = whole * PICOSECONDS + BigInt((match[6] ?? '').padEnd(12, '0'));
  return match[1] === '-' ? -picoseconds : picoseconds;
}

/** The same instant in another zone; `undefined` where its year has no four digits there. */
export function rewrite(instant: Instant, offsetMinutes: number): string | undefined {
  const local = instant.picoseconds + BigInt(offsetMinutes) * MINUTE;
  const fraction = ((local % PICOSECONDS) + PICOSECONDS) % PICOSECONDS;
  const date = new Date(Number((local - fraction) / 1_000_000_000n)).toISOString().slice(0, 19);
  if (!/^\d{4}-/.test(date)) return undefined;
  const digits = fraction.toString().padStart(12, '0').replace(/0+$/, '');
  const size = Math.abs(offsetMinutes);
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
  return `${date}${digits === '' ? '' : `.${digits}`}${zone}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

/** What `sizing.ts` reckons, in a table with a column for each fleet. */
import { toTable } from './report.js';
import { type Figures } from './requirements.js';
import { median } from './rounds.js';
import { toSizing, type Costs, type Fleet, type Sizing } from './sizing.js';

/** What is in docs/scaling.md. */
export const DOCUMENTED: readonly Fleet[] = [
  { rows: 100_000_000, reportsADay: 1 },
  { rows: 1_000_000_000, reportsADay: 1 },
];

const LINES: readonly [string, (sizing: Sizing) => string][] = [
  ['a copy: rows and indexes', (s) => bytes(s.tableBytes + s.indexBytes)],
  ['of these, the indexes', (s) => bytes(s.indexBytes)],
  ['three copies', (s) => bytes(s.allCopiesBytes)],
  ['reports a second, on average', (s) => count(s.reportsPerSecond)],
  ['reports a second, in the busiest hours', (s) => count(s.peakReportsPerSecond)],
  ['processors of the database then', (s) => s.databaseProcessors.toFixed(1)],
  ['processors of the service then', (s) => s.serviceProcessors.toFixed(1)],
  ['replicas', (s) => count(s.replicas)],
  ['memory: pages that change within half an hour', (s) => bytes(s.dirtyBytes)],
  ['pages read a second, with half of that in memory', (s) => count(s.readsPerSecond.half)],
  ['pages read a second, with a tenth', (s) => count(s.readsPerSecond.tenth)],
  ['write-ahead log, in the busiest hours', (s) => `${bytes(s.logBytesPerSecond)}/s`],
  ['write-ahead log of a day', (s) => bytes(s.logBytesPerDay)],
  ['`max_wal_size`, for checkpoints every half hour', (s) => bytes(s.maxLogBytes)],
  ['servers that hold a copy together', (s) => count(s.servers)],
  ['partitions, in all', (s) => count(s.partitions)],
  ['vacuums of each in a day', (s) => count(s.vacuumsPerDay)],
  ['what vacuums read', (s) => `${bytes(s.vacuumedBytesPerSecond)}/s`],
];

export function toSizingTable(costs: Costs, fleets: readonly Fleet[]): string {
  const sizings = fleets.map((fleet) => toSizing(fleet, costs));
  return toTable([
    ['', ...fleets.map(({ rows }) => `${count(rows)} rows`)],
    ...LINES.map(([title, show]) => [title, ...sizings.map(show)]),
  ]);
}

/** `undefined` where not all of it was measured. */
export function toCosts(figures: Figures): Costs | undefined {
  const { rowBytes, indexBytes, indexes, updateLogBytes } = figures;
  const { updateServiceTime, updateDatabaseTime } = figures;
  const measured = [
    rowBytes,
    indexBytes,
    indexes,
    updateLogBytes,
    updateServiceTime,
    updateDatabaseTime,
  ].map((figure) => (figure === undefined ? NaN : median(figure.values)));
  if (measured.some(Number.isNaN)) return undefined;
  const [row, ofIndexes, entries, logBytes, serviceMicroseconds, databaseMicroseconds] =
    measured as [number, number, number, number, number, number];
  return {
    tableBytes: row - ofIndexes,
    indexBytes: ofIndexes,
    indexes: entries,
    logBytes,
    serviceMicroseconds,
    databaseMicroseconds,
  };
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Two digits are all that an estimate has. */
function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const rounded = Number(value.toPrecision(2));
  const unit = Math.max(0, Math.floor(Math.log10(rounded) / 3));
  return `${String(Number((rounded / 1000 ** unit).toPrecision(2)))} ${units[unit]!}`;
}

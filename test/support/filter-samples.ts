/** Values that are near where implementations go wrong, for rows and for literals alike: an equal pair has to be frequent. */
import fc, { type Arbitrary } from 'fast-check';

import {
  literal,
  STATUSES,
  type ExpressionType,
  type Literal,
  type Row,
} from './filter-expression.js';
import { parseInstant, rewrite } from './written-time.js';

/** Case pairs of unequal length, combining characters, both sides of the surrogates, wildcards, and what needs an escape. */
const FRAGMENTS = [
  ...['a', 'A', 'b', 'i', 'I', 'İ', 'ı', 'ß', 'ẞ', 'SS', 'ς', 'σ', 'Σ', 'ŉ', 'Ǆ', 'ﬁ'],
  ...['é', 'e\u0301', '\u0301', '\uE000', '\uFFFD', '😀', '𝒳', '\u{10FFFF}', '👩‍👧'],
  ...['%', '_', '\\', "'", '"', '*', '?', '[', ']', '(', ')', ',', ';', '&', '#', '+', '/', '='],
  ...[' ', '\u00A0', '\u3000', '\uFEFF', 'null', 'error', '12', '-12', '2147483648', 'true'],
];
/** An id has no control characters. */
const CONTROLS = ['\t', '\n', '\r', '\u0085', '\u2028', '\u0001'];

const texts: Arbitrary<string> = fc
  .array(fc.constantFrom(...FRAGMENTS, ...CONTROLS), { maxLength: 4 })
  .map((parts) => parts.join(''));

const ids = fc
  .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''));

const counts: Arbitrary<number> = fc.oneof(
  fc.integer({ min: -12, max: 12 }),
  fc.constantFrom(-2_147_483_648, -2_147_483_647, 2_147_483_646, 2_147_483_647),
  fc.integer(),
);

const SPECIAL_TIMES = [
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.9999999Z',
  '9999-12-31T23:59:59.999999999999Z',
  '0001-01-01T00:00:00+00:01',
  '2017-01-01T00:00:17.7769392-08:00',
  '2017-01-01T08:00:17.776939200000Z',
  '2017-01-01T00:00:17.776939200001-08:00',
  '2016-02-29T23:59:59.123456789012+05:30',
  '2016-12-31T23:59Z',
  '2017-01-01T00:59+01:00',
  '1969-12-31T23:59:59.999999999999Z',
  '1970-01-01T00:00:00.0Z',
  '2024-02-29t12:00:00.5-00:00',
  '1899-12-31T23:00:00z',
];

/** No year near the present: `now()` is asked for by the service and by the evaluator at different moments. */
const writtenTimes = fc
  .record({
    year: fc.constantFrom('0001', '1582', '1969', '2016', '2017', '2038', '9999'),
    month: fc.constantFrom('02', '10', '12'),
    day: fc.constantFrom('02', '28'),
    hour: fc.constantFrom('00', '07', '23'),
    minute: fc.constantFrom('00', '59'),
    second: fc.constantFrom('', ':00', ':00.000', ':59.9', ':59.999999999999', ':07.000000000001'),
    zone: fc.constantFrom('Z', '+00:00', '-00:00', '+14:00', '-12:00', '+05:45', '-00:30'),
  })
  .map(
    ({ year, month, day, hour, minute, second, zone }) =>
      `${year}-${month}-${day}T${hour}:${minute}${second}${zone}`,
  );

const times: Arbitrary<string> = fc.oneof(fc.constantFrom(...SPECIAL_TIMES), writtenTimes);

const statuses: Arbitrary<string> = fc.constantFrom(...STATUSES);

const row: Arbitrary<Row> = fc.record({
  id: ids,
  devicesCount: counts,
  lastReportedDateTime: times,
  status: statuses,
  userDisplayName: fc.option(texts, { freq: 4 }),
  userPrincipalName: fc.option(texts, { freq: 4 }),
});

export function rows(count: number): Arbitrary<Row[]> {
  return fc.uniqueArray(row, { minLength: count, maxLength: count, selector: ({ id }) => id });
}

/** Literals of a type, many of them equal to a value of a row, or a part of one. */
export function literalsLike(given: readonly Row[]): (type: ExpressionType) => Arbitrary<Literal> {
  const row = fc.constantFrom(...given);
  const instants = fc.oneof(
    times,
    fc.record({ row, offset: fc.constantFrom(0, -480, 1439) }).map(rewritten),
  );
  return (type) => {
    switch (type) {
      case 'string':
        return fc
          .oneof(
            texts,
            row.map(({ id }) => id),
            fc.tuple(row, fc.nat(3)).map(partOfName),
          )
          .map((text) => literal(type, text));
      case 'integer':
        return fc
          .oneof(
            counts,
            row.map(({ devicesCount }) => devicesCount),
          )
          .map((count) => literal(type, count));
      case 'decimal':
        return fc
          .constantFrom('0.5', '-0.25', '12.000', '1E1', '2147483647.5', '0.0')
          .map((text) => literal(type, text));
      case 'boolean':
        return fc.boolean().map((value) => literal(type, value));
      case 'instant':
        return instants.map((text) => literal(type, text));
      case 'date':
        return instants.map((text) => literal(type, text.slice(0, 10)));
      case 'time':
        return instants.map((text) => literal(type, /T([\d:.]+)/i.exec(text)![1]!));
      case 'duration':
        return fc
          .constantFrom('PT0S', '-PT1M', 'P736000D', 'PT0.000000000001S', '-P1DT12H')
          .map((text) => literal(type, text));
      case 'status':
        return statuses.map((name) => literal(type, name));
    }
  };
}

function rewritten({ row, offset }: { row: Row; offset: number }): string {
  const { lastReportedDateTime } = row;
  return rewrite(parseInstant(lastReportedDateTime)!, offset) ?? lastReportedDateTime;
}

function partOfName([{ userDisplayName, userPrincipalName }, start]: [Row, number]): string {
  return Array.from(userDisplayName ?? userPrincipalName ?? '')
    .slice(start)
    .join('');
}

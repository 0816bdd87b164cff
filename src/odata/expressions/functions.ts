/**
 * The canonical functions (OData 4.01 URL Conventions, 5.1.1.5 to 5.1.1.9): what they take, and
 * what they return. The parser reads this table, and `$metadata` announces it.
 */
import type { PrimitiveType } from '../edm.js';
import type { SqlFunction } from '../sql/sql-function.js';

export interface Overload {
  parameters: readonly PrimitiveType[];
  result: PrimitiveType;
  sql: SqlFunction;
}

function overload(
  sql: SqlFunction,
  parameters: readonly PrimitiveType[],
  result: PrimitiveType,
): Overload {
  return { sql, parameters, result };
}

/** By name in lower case; names are taken in any case. */
export const FUNCTIONS: Readonly<Record<string, readonly Overload[]>> = {
  contains: [overload('contains', ['string', 'string'], 'boolean')],
  startswith: [overload('startsWith', ['string', 'string'], 'boolean')],
  endswith: [overload('endsWith', ['string', 'string'], 'boolean')],
  matchespattern: [
    overload('matchesPattern', ['string', 'string'], 'boolean'),
    overload('matchesPattern', ['string', 'string', 'string'], 'boolean'),
  ],
  length: [overload('length', ['string'], 'integer')],
  indexof: [overload('indexOf', ['string', 'string'], 'integer')],
  substring: [
    overload('substring', ['string', 'integer'], 'string'),
    overload('substring', ['string', 'integer', 'integer'], 'string'),
  ],
  tolower: [overload('toLower', ['string'], 'string')],
  toupper: [overload('toUpper', ['string'], 'string')],
  trim: [overload('trim', ['string'], 'string')],
  concat: [overload('concat', ['string', 'string'], 'string')],
  year: [overload('year', ['date'], 'integer'), overload('year', ['dateTimeOffset'], 'integer')],
  month: [overload('month', ['date'], 'integer'), overload('month', ['dateTimeOffset'], 'integer')],
  day: [overload('day', ['date'], 'integer'), overload('day', ['dateTimeOffset'], 'integer')],
  hour: [
    overload('hour', ['timeOfDay'], 'integer'),
    overload('hourOfDateTime', ['dateTimeOffset'], 'integer'),
  ],
  minute: [
    overload('minute', ['timeOfDay'], 'integer'),
    overload('minuteOfDateTime', ['dateTimeOffset'], 'integer'),
  ],
  second: [
    overload('second', ['timeOfDay'], 'integer'),
    overload('second', ['dateTimeOffset'], 'integer'),
  ],
  fractionalseconds: [
    overload('fractionalSeconds', ['timeOfDay'], 'decimal'),
    overload('fractionalSeconds', ['dateTimeOffset'], 'decimal'),
  ],
  date: [overload('date', ['dateTimeOffset'], 'date')],
  time: [overload('time', ['dateTimeOffset'], 'timeOfDay')],
  totaloffsetminutes: [overload('totalOffsetMinutes', ['dateTimeOffset'], 'integer')],
  totalseconds: [overload('totalSeconds', ['duration'], 'decimal')],
  round: [overload('round', ['integer'], 'integer'), overload('round', ['decimal'], 'decimal')],
  floor: [overload('floor', ['integer'], 'integer'), overload('floor', ['decimal'], 'decimal')],
  ceiling: [
    overload('ceiling', ['integer'], 'integer'),
    overload('ceiling', ['decimal'], 'decimal'),
  ],
};

/** Functions that are values already when a request arrives. */
export const CONSTANT_FUNCTIONS: Readonly<Record<string, (now: string) => string>> = {
  now: (now) => now,
  mindatetime: () => '0001-01-01T00:00:00Z',
  maxdatetime: () => '9999-12-31T23:59:59.999999999999Z',
};

/** Functions with a grammar of their own. */
export const SPECIAL_FUNCTIONS = ['cast', 'case'] as const;

/**
 * What OData defines besides, and nothing here can be asked for: there are no collections, no
 * shapes and no derived types.
 */
export const UNSUPPORTED_FUNCTIONS: ReadonlySet<string> = new Set([
  'all',
  'any',
  'geo.distance',
  'geo.intersects',
  'geo.length',
  'hassubsequence',
  'hassubset',
  'isof',
]);

/** The types that `cast` goes to, by name in the CSDL. */
export const CAST_TYPES: Readonly<Record<string, PrimitiveType>> = {
  'Edm.Boolean': 'boolean',
  'Edm.Byte': 'integer',
  'Edm.Date': 'date',
  'Edm.DateTimeOffset': 'dateTimeOffset',
  'Edm.Decimal': 'decimal',
  'Edm.Double': 'decimal',
  'Edm.Duration': 'duration',
  'Edm.Int16': 'integer',
  'Edm.Int32': 'integer',
  'Edm.Int64': 'integer',
  'Edm.SByte': 'integer',
  'Edm.Single': 'decimal',
  'Edm.String': 'string',
  'Edm.TimeOfDay': 'timeOfDay',
};

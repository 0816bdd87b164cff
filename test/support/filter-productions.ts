/** Every operator and function that makes a value of a type, over operands of the right types. */
import fc, { type Arbitrary } from 'fast-check';

import {
  NULL,
  property,
  type Expression,
  type ExpressionType,
  type Literal,
} from './filter-expression.js';
import {
  arithmetic,
  calls,
  casts,
  choice,
  comparison,
  logic,
  oneLiteral,
  shiftedBy,
  smallNumber,
} from './filter-operations.js';

const COMPARED: readonly ExpressionType[] = [
  ...(['string', 'string', 'integer', 'decimal', 'instant', 'date', 'time'] as const),
  ...(['duration', 'status', 'boolean'] as const),
];
export const LISTED = COMPARED.filter((type) => type !== 'duration');

/** Small enough that five operations on an Int32 stay below 2^53, where binary numbers are exact. */
const FACTORS = [-3, -1, 0, 2, 7];
const DIVISORS = [-7, -2, -1, 1, 2, 3, 10];
/** Halves of halves, which are exact in binary: a database may take `Edm.Double` for what has a fraction. */
const BINARY_FRACTIONS = ['0.5', '-0.25', '1.75', '2.0', '5e-1', '1E1'];
const BINARY_DIVISORS = ['0.5', '-0.25', '4.0', '2e0'];

/** Parts of an instant, and values that they have in rows. */
const PARTS: ReadonlyMap<string, number[]> = new Map([
  ['year', [1, 1582, 1969, 2016, 2017, 9999]],
  ['month', [1, 2, 10, 12]],
  ['day', [1, 2, 28, 29, 31]],
  ['hour', [0, 7, 8, 12, 23]],
  ['minute', [0, 1, 59]],
  ['second', [0, 7, 17, 59]],
  ['totaloffsetminutes', [-480, -30, 0, 330, 840]],
]);

const PATTERNS = [
  ...['^a', 'b$', '^.$', '^..$', '^$', 'a.*b', '[aA]b?', '^[^%]*$', 'i|I', 'ß{1}', '(a|b)+'],
  ...['\\d', '^\\D+$', '\\\\', '\\[', "'", '\\u0301', 'e\\u0301', '^\\w+$', '\\s', '^\\S*$'],
  ...['.+', '\\x41', '[\\]%]', '^(?:[^a]|a)$', '\\ud83d\\ude00', '[😀-😂]', '\\bb'],
  ...['^[^\\S]', '[\\Sa]$', '^[\\s%]*$'],
];

export function productionsOf(
  type: ExpressionType,
  of: (type: ExpressionType) => Arbitrary<Expression>,
  literals: (type: ExpressionType) => Arbitrary<Literal>,
): Arbitrary<Expression>[] {
  const [string, integer, instant] = [() => of('string'), () => of('integer'), () => of('instant')];
  switch (type) {
    case 'boolean':
      return [
        ...COMPARED.map((compared) => comparison(of(compared), of(compared))),
        comparison(integer(), of('decimal')),
        // Its parts would be others by the time that the answer comes.
        comparison(instant(), calls('now')),
        ...['length', 'indexof', 'div', 'mod', ...PARTS.keys()].map((name) =>
          nearComparison(name, of),
        ),
        // Several places, or they would be rare among so many.
        ...(['and', 'and', 'or', 'or'] as const).map((name) =>
          logic(name, of('boolean'), of('boolean')),
        ),
        ...[0, 1, 2].map(() =>
          fc.record({ kind: fc.constant('not' as const), operand: of('boolean') }),
        ),
        ...LISTED.map((listed) =>
          fc.record({
            kind: fc.constant('in' as const),
            operand: of(listed),
            list: fc.array(
              fc.oneof({ weight: 5, arbitrary: literals(listed) }, fc.constant(NULL)),
              { minLength: 1, maxLength: 4 },
            ),
          }),
        ),
        fc.record({
          kind: fc.constant('has' as const),
          operand: of('status'),
          member: literals('status'),
        }),
        ...['contains', 'startswith', 'endswith'].map((name) => calls(name, string(), string())),
        calls('matchesPattern', string(), oneLiteral('string', PATTERNS)),
        casts('Edm.Boolean', string()),
        choice(of('boolean'), of(type)),
      ];
    case 'string':
      return [
        ...['tolower', 'toupper', 'trim'].map((name) => calls(name, string())),
        calls('concat', string(), string()),
        calls('substring', string(), smallNumber(5)),
        calls('substring', string(), smallNumber(5), smallNumber(3)),
        casts('Edm.String', integer()),
        casts('Edm.String', of('status')),
        casts('Edm.String', fc.constant(property('lastReportedDateTime'))),
        casts('Edm.String', of('boolean')),
        choice(of('boolean'), of(type)),
      ];
    case 'integer':
      return [
        calls('length', string()),
        calls('indexof', string(), string()),
        ...['year', 'month', 'day'].map((name) => calls(name, of('date'))),
        ...['hour', 'minute', 'second'].map((name) => calls(name, of('time'))),
        ...['year', 'month', 'day', 'hour', 'minute', 'second', 'totaloffsetminutes'].map((name) =>
          calls(name, instant()),
        ),
        ...(['add', 'sub'] as const).map((name) => arithmetic(name, integer(), integer())),
        arithmetic('mul', integer(), oneLiteral('integer', FACTORS)),
        arithmetic('div', integer(), oneLiteral('integer', DIVISORS)),
        arithmetic('mod', integer(), oneLiteral('integer', DIVISORS)),
        fc.record({ kind: fc.constant('negate' as const), operand: integer() }),
        casts('Edm.Int32', string()),
        casts('Edm.Int32', of('status')),
        casts('Edm.Int64', integer()),
        casts('Edm.Byte', integer()),
        casts('Edm.SByte', integer()),
        casts('Edm.Int16', of('decimal')),
        choice(of('boolean'), of(type)),
      ];
    case 'decimal':
      return [
        arithmetic('divby', integer(), oneLiteral('integer', [-2, 1, 4, 8])),
        ...(['add', 'sub', 'mul', 'mod'] as const).map((name) =>
          arithmetic(name, of('decimal'), oneLiteral('decimal', BINARY_FRACTIONS)),
        ),
        arithmetic('add', oneLiteral('decimal', BINARY_FRACTIONS), integer()),
        arithmetic('div', integer(), oneLiteral('decimal', BINARY_DIVISORS)),
        ...['round', 'floor', 'ceiling'].map((name) => calls(name, of('decimal'))),
        casts('Edm.Decimal', integer()),
        casts('Edm.Double', integer()),
        calls('fractionalseconds', instant()),
        choice(of('boolean'), of(type)),
      ];
    case 'instant':
      return [
        ...['mindatetime', 'maxdatetime'].map((name) => calls(name)),
        ...shiftedBy(instant()),
        casts('Edm.DateTimeOffset', string()),
        choice(of('boolean'), of(type)),
      ];
    case 'date':
      return [
        calls('date', instant()),
        casts('Edm.Date', string()),
        ...shiftedBy(of('date')),
        choice(of('boolean'), of(type)),
      ];
    case 'time':
      return [
        calls('time', instant()),
        casts('Edm.TimeOfDay', string()),
        choice(of('boolean'), of(type)),
      ];
    case 'duration':
      return [
        arithmetic('sub', instant(), instant()),
        arithmetic('sub', of('date'), of('date')),
        fc.record({ kind: fc.constant('negate' as const), operand: of('duration') }),
        choice(of('boolean'), of(type)),
      ];
    case 'status':
      return [
        casts('microsoft.graph.complianceStatus', integer()),
        casts('graph.complianceStatus', string()),
        choice(of('boolean'), of(type)),
      ];
  }
}

/** A small number and one that is near it: at random the two would seldom meet. */
function nearComparison(
  name: string,
  of: (type: ExpressionType) => Arbitrary<Expression>,
): Arbitrary<Expression> {
  const part = PARTS.get(name);
  if (part !== undefined) {
    return comparison(calls(name, of('instant')), oneLiteral('integer', part));
  }
  if (name === 'div' || name === 'mod') {
    const result = arithmetic(name, of('integer'), oneLiteral('integer', DIVISORS));
    return comparison(result, oneLiteral('integer', [-4, -2, -1, 0, 1, 2, 4]));
  }
  const others = name === 'length' ? [] : [of('string')];
  return comparison(calls(name, of('string'), ...others), smallNumber(6));
}

/**
 * Expressions as text, where engines of databases differ: integers beyond 64 bits, divisions by zero, doubles that are
 * infinite or nearly nothing, texts of numbers, positions outside of a text, times beyond the calendar. Types go together
 * for the most part; a refusal has to be the same, too.
 */
import fc, { type Arbitrary, type LetrecTypedTie } from 'fast-check';

const TEXTS = ['id', 'userDisplayName', 'userPrincipalName'];

const NUMBERS = [
  ...['0', '-0', '1', '-1', '2', '7', '0.1', '-0.5', '2.5', '1e-7', '123456789.125', '1E21'],
  ...['2147483647', '-2147483648', '4294967296', '9007199254740993', '9223372036854775807'],
  ...['-9223372036854775808', '9223372036854775808', '3037000500', '1e308', '-1.7e308', '5e-324'],
  ...['1e-310', '2.2250738585072014e-308', '0.30000000000000004', 'INF', '-INF', 'NaN', 'null'],
];

const POSITIONS = ['0', '1', '3', '-1', '-2', '-9', '100', '2147483647', '-2147483648'];

const WORDS = [
  ...["''", "'a'", "'A'", "'ß'", "'SS'", "'ı'", "'Σ'", "'ς'", "'e\u0301'", "' '", "'\u0085'"],
  ...["'12'", "'-0'", "'1e3'", "'0x10'", "' 12'", "'NaN'", "'true'", "'😀'", "'%'", "'_'", "'\\'"],
  ...["'2017-01-01'", "'2017-01-01T08:00:17.7769392Z'", "'PT1H'", "'error'", 'null'],
];

const DURATIONS = [
  ...["duration'PT0S'", "duration'P1D'", "duration'-P400D'", "duration'P3652058D'"],
  ...["duration'P9999999D'", "duration'-P3652059DT23H'", "duration'PT0.000000000001S'", 'null'],
];

const TIMES = [
  ...['lastReportedDateTime', 'lastReportedDateTime', 'mindatetime()', 'maxdatetime()', 'null'],
  ...['2017-01-01T08:00:17.7769392Z', '9999-12-31T23:59:59.999999999999Z', '0001-01-01T00:00:00Z'],
];

const PATTERNS = [
  ...[
    "'^a'",
    "'(a|b|ab)*$'",
    "'\\p{L}'",
    "'[^a-z]'",
    "'^.{2,300}$'",
    "'\\bA'",
    "'ß'",
    "'(?:İ|i)$'",
  ],
  ...["'(a'", "'a{1001}'", "'\\1'", "'(?=a)'", "'[[:alpha:]]'", "'(?i)a'", "'^$'", "'\\u{1F600}'"],
];

const CASTS = ['Edm.Double', 'Edm.Single', 'Edm.Decimal', 'Edm.Int32', 'Edm.Int64', 'Edm.Byte'];
const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'fractionalseconds'];
const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

interface Wild {
  number: string;
  text: string;
  time: string;
  duration: string;
  truth: string;
}

/** Of values that are true, false or null. */
export function wildConditions(): Arbitrary<string> {
  return wild.truth;
}

/** Of any type: what can be sorted by. */
export function wildValues(): Arbitrary<string> {
  return fc.oneof(wild.number, wild.text, wild.time, wild.duration, wild.truth);
}

function pick(texts: readonly string[]): Arbitrary<string> {
  return fc.constantFrom(...texts);
}

/** The parts, one behind the other. */
function written(...parts: (string | Arbitrary<string>)[]): Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''));
}

function called(names: readonly string[], ...parameters: Arbitrary<string>[]): Arbitrary<string> {
  const separated = parameters.flatMap((parameter, i) =>
    i === 0 ? [parameter] : [',', parameter],
  );
  return written(pick(names), '(', ...separated, ')');
}

const wild = fc.letrec<Wild>((tie: LetrecTypedTie<Wild>) => {
  const [number, text, time] = [tie('number'), tie('text'), tie('time')];
  const [duration, truth] = [tie('duration'), tie('truth')];
  const patterns = pick(PATTERNS);

  function compared(operand: Arbitrary<string>): Arbitrary<string> {
    return written(operand, ' ', pick(OPERATORS), ' ', operand);
  }

  function chosen(value: Arbitrary<string>): Arbitrary<string> {
    return written('case(', truth, ' :', value, ',true :', value, ')');
  }

  return {
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 3, arbitrary: fc.constant('devicesCount') },
      { weight: 3, arbitrary: pick(NUMBERS) },
      {
        weight: 5,
        arbitrary: written(
          ...['(', number, ' ', pick(['add', 'sub', 'mul', 'div', 'divby', 'mod'])],
          ...[' ', number, ')'],
        ),
      },
      written('-(', number, ')'),
      called(['round', 'floor', 'ceiling'], number),
      called(['cast'], fc.oneof(number, text), pick(CASTS)),
      called(['length'], text),
      called(['indexof'], text, text),
      called(PARTS, time),
      called(['totaloffsetminutes'], time),
      called(['totalseconds'], duration),
      chosen(number),
    ),
    text: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 4, arbitrary: pick(TEXTS) },
      { weight: 2, arbitrary: pick(WORDS) },
      called(['tolower', 'toupper', 'trim'], text),
      called(['concat'], text, text),
      called(['substring'], text, fc.oneof(pick(POSITIONS), number)),
      called(['substring'], text, pick(POSITIONS), fc.oneof(pick(POSITIONS), number)),
      called(['cast'], fc.oneof(number, time, truth, pick(['status'])), fc.constant('Edm.String')),
      chosen(text),
    ),
    time: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 3, arbitrary: pick(TIMES) },
      written('(', time, pick([' add ', ' sub ']), duration, ')'),
      called(['cast'], text, fc.constant('Edm.DateTimeOffset')),
      chosen(time),
    ),
    duration: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 2, arbitrary: pick(DURATIONS) },
      written('(', time, ' sub ', time, ')'),
      written('-', duration),
      called(['cast'], text, fc.constant('Edm.Duration')),
    ),
    truth: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 4, arbitrary: compared(number) },
      { weight: 3, arbitrary: compared(text) },
      { weight: 2, arbitrary: compared(time) },
      compared(duration),
      { weight: 2, arbitrary: called(['contains', 'startswith', 'endswith'], text, text) },
      called(['matchesPattern'], text, patterns),
      called(['matchesPattern'], text, patterns, pick(["'i'", "'s'", "'m'", "'u'", "'x'"])),
      written('(', truth, pick([' and ', ' or ']), truth, ')'),
      written('not (', truth, ')'),
      written('(', truth, ') eq ', pick(['null', 'true', 'false'])),
      written('status', pick([' ge ', ' eq ', ' has ']), pick(["'error'", "'unknown'", 'null'])),
      written(text, ' in (', pick(WORDS), ',', pick(WORDS), ')'),
    ),
  };
});

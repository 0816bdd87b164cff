/** PostgreSQL's SQL for expressions: what it says exactly, and nothing else. */
import type { Property } from '../../odata/edm.js';
import { NotExpressible, type SqlDialect, type SqlType } from '../../odata/sql/sql-dialect.js';
import { STANDARD_WORDS, type SqlWords } from '../../odata/sql/standard-words.js';
import { isExact, isExactForAscii } from './exact-expressions.js';

/** Of a longer text, so many characters are in its index: not all would fit into a row there. */
export const INDEXED_CHARACTERS = 256;

/**
 * Untyped, a parameter would take the type of what it is compared with. Texts compare by code
 * points, whatever the locale of the database.
 */
const TYPES: Readonly<Record<SqlType, string>> = {
  text: 'text COLLATE "C"',
  integer: 'bigint',
  double: 'float8',
  boolean: 'boolean',
};

/** Each operand stands in the text once. */
const NATIVE: SqlWords = {
  ...STANDARD_WORDS,
  contains: ([text, part]) => `(strpos(${text!}, ${part!}) > 0)`,
  startsWith: ([text, start]) => `starts_with(${text!}, ${start!})`,
  endsWith: ([text, end]) => `starts_with(reverse(${text!}), reverse(${end!}))`,
  indexOf: ([text, part]) => `(strpos(${text!}, ${part!}) - 1)`,
  length: ([text]) => `char_length(${text!})`,
  substring: ([text, start, ...length]) => {
    const [from, count] = [`${start!} + 1`, ...length].map((sql) => `(${sql})::integer`);
    return count === undefined
      ? `substr(${text!}, ${from!})`
      : `substr(${text!}, ${from!}, ${count})`;
  },
  modulo: ([dividend, divisor]) => `(${toBigint(dividend!)} % ${toBigint(divisor!)})`,
};

/** What is called with ASCII texts alone is called with their letters and white space. */
const OF_ASCII: SqlWords = {
  toLower: ([text]) => `lower((${text!}) COLLATE "C")`,
  toUpper: ([text]) => `upper((${text!}) COLLATE "C")`,
  trim: ([text]) => String.raw`btrim(${text!}, E' \t\n\v\f\r')`,
  hasTerm: ([text, term]) => `(strpos(lower((${text!}) COLLATE "C"), ${term!}) > 0)`,
};

const ARITHMETIC = { add: '+', sub: '-', mul: '*', div: '/' } as const;

/** A literal NULL has no type that could have an operator of its own. */
const NULL = 'NULL';

const EXACT: SqlDialect = {
  requireExact(expression) {
    if (!isExact(expression)) throw new NotExpressible();
  },
  placeholder: (number, type) => `$${String(number)}::${TYPES[type]}`,
  toParameter: (value) => value,
  arithmetic: (operator, left, right) =>
    `(${toBigint(left)} ${ARITHMETIC[operator]} ${toBigint(right)})`,
  negate: (sql) => `(- ${toBigint(sql)})`,
  // No index serves IS NOT DISTINCT FROM.
  isSame: (left, right) =>
    right === NULL ? `(${left} IS NULL)` : `(${left} IS NOT DISTINCT FROM ${right})`,
  isDistinct: (left, right) => `(${left} IS DISTINCT FROM ${right})`,
  // A bare constant behind ORDER BY is refused.
  boolean: (value) => (value ? '(1 = 1)' : '(1 = 0)'),
  toDecimal: (sql) => `(${sql})::float8`,
  sum(sql, property) {
    requireIntegers(property);
    return `sum(${sql})`;
  },
  average(sql, property) {
    requireIntegers(property);
    // avg() is rounded to fewer digits than a double has.
    return `(sum(${sql})::float8 / count(${sql}))`;
  },
  unindexed: (sql) => sql,
  // A cast is called what its operand is, and ORDER BY would mean it.
  toDigits: (sql) => `((${sql})::text || '')`,
  // The pair sorts as its first part does, because nothing in that is less than the space.
  valueAt: (extreme, value, comparable) =>
    `substr(${extreme}(${comparable} || ' ' || ${value}), length(${extreme}(${comparable})) + 2)`,
  call(name, operands) {
    const write = NATIVE[name];
    if (write === undefined) throw new NotExpressible();
    return write(operands);
  },
  deadlineCheck: undefined,
  order(sql, isDescending, isNullable) {
    const direction = isDescending ? 'DESC' : 'ASC';
    const nulls = isDescending ? 'NULLS LAST' : 'NULLS FIRST';
    const place = sql === NULL ? '(1 = 0)' : sql;
    // The indexes of what is never null say nothing about nulls, and would not be seen to fit.
    return isNullable ? `${place} ${direction} ${nulls}` : `${place} ${direction}`;
  },
  prefix(property, sql) {
    const isLong =
      property.type === 'string' && (property.maxLength ?? Infinity) > INDEXED_CHARACTERS;
    return isLong ? `left(${sql}, ${String(INDEXED_CHARACTERS)})` : undefined;
  },
  joinsStretches: true,
  splitsCounts: true,
};

const FOR_ASCII: SqlDialect = {
  ...EXACT,
  requireExact(expression) {
    if (!isExact(expression) && !isExactForAscii(expression)) throw new NotExpressible();
  },
  call: (name, operands) => OF_ASCII[name]?.(operands) ?? EXACT.call(name, operands),
};

export const postgresDialect: SqlDialect = {
  ...EXACT,
  forAscii: {
    dialect: FOR_ASCII,
    isOther: (text) => `octet_length(${text}) <> char_length(${text})`,
  },
};

/** The types of columns are narrower, and overflow. */
function toBigint(sql: string): string {
  return `(${sql})::bigint`;
}

/** Doubles are added up in another order, and overflow with an error. */
function requireIntegers({ type }: Property): void {
  if (type !== 'integer') throw new NotExpressible();
}

/**
 * What an expression needs of a database, and what databases differ in. Everything else is standard
 * SQL.
 */

/** A function that SQL has in another form, or not at all. `null` in any argument gives `null`. */
export type SqlFunction =
  // (string, string) → boolean
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  // (string, pattern, flags) → boolean
  | 'matchesPattern'
  // (string, string) → integer
  | 'indexOf'
  // (string) → integer, in characters
  | 'length'
  // (string, start[, length]) → string
  | 'substring'
  | 'toLower'
  | 'toUpper'
  | 'trim'
  | 'concat'
  // (date or dateTimeOffset) → integer
  | 'year'
  | 'month'
  | 'day'
  // (dateTimeOffset) → integer
  | 'hourOfDateTime'
  | 'minuteOfDateTime'
  | 'totalOffsetMinutes'
  // (timeOfDay) → integer
  | 'hour'
  | 'minute'
  // (timeOfDay or dateTimeOffset) → integer, decimal
  | 'second'
  | 'fractionalSeconds'
  // (dateTimeOffset) → date, timeOfDay, instant
  | 'date'
  | 'time'
  | 'instant'
  | 'totalSeconds'
  // (number) → number
  | 'round'
  | 'floor'
  | 'ceiling'
  // arithmetic that operators of SQL do not do
  | 'divideDecimals'
  | 'modulo'
  | 'addDuration'
  | 'addDurationToDate'
  | 'subtractInstants'
  | 'subtractDates'
  | 'addDurations'
  | 'negateDuration'
  | 'multiplyDuration'
  | 'divideDuration'
  // (value, type of the value, type) → value
  | 'cast'
  // (text, folded term) → boolean: whether the text has the term, without regard to case
  | 'hasTerm';

/** What a parameter is to SQL. A text compares by code points. */
export type SqlType = 'text' | 'integer' | 'double' | 'boolean';

/**
 * Operators on numbers. An integer that overflows becomes a double; by zero, `null` for integers.
 */
type SqlArithmetic = 'add' | 'sub' | 'mul' | 'div';

export interface SqlDialect {
  /** The text that stands for the parameter with this number, counted from 1. */
  placeholder(number: number, type: SqlType): string;
  /** A parameter as the driver takes it. */
  toParameter(value: string | number | bigint | boolean | null): unknown;
  /** Two integers, or two numbers of which one at least is a double; `div` is of integers alone. */
  arithmetic(operator: SqlArithmetic, left: string, right: string): string;
  negate(sql: string): string;
  /** Whether two values are the same; null is the same as null. Never null itself. */
  isSame(left: string, right: string): string;
  isDistinct(left: string, right: string): string;
  boolean(value: boolean): string;
  toDecimal(sql: string): string;
  /** The same, but no index is followed for the sake of it. */
  unindexed(sql: string): string;
  /** A number's digits: drivers round what a double does not hold. */
  toDigits(sql: string): string;
  /**
   * The value beside the least or the greatest of what it is compared by, in a group; of several
   * the least or the greatest text. A `comparable` is a text of characters above the space.
   */
  valueAt(extreme: 'min' | 'max', value: string, comparable: string): string;
  call(name: SqlFunction, operands: readonly string[]): string;
  /**
   * A condition that every row meets, and that ends a query which runs for too long; `undefined`
   * where the database does by itself.
   */
  deadlineCheck: string | undefined;
  /** An item of ORDER BY, nulls lowest. */
  order(sql: string, isDescending: boolean): string;
}

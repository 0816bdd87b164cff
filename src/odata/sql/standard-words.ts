/** Functions that SQL says in the same words, whichever database it is for. */
import type { SqlFunction } from './sql-function.js';

/** What a function is in SQL. Each operand stands in the text once. */
export type SqlWords = Partial<Record<SqlFunction, (operands: readonly string[]) => string>>;

export const STANDARD_WORDS: SqlWords = {
  concat: ([one, other]) => `(${one!} || ${other!})`,
  year: ([date]) => digits(date!, 1, 4),
  month: ([date]) => digits(date!, 6, 2),
  day: ([date]) => digits(date!, 9, 2),
  hourOfDateTime: ([dateTime]) => digits(dateTime!, 12, 2),
  minuteOfDateTime: ([dateTime]) => digits(dateTime!, 15, 2),
  hour: ([time]) => digits(time!, 1, 2),
  minute: ([time]) => digits(time!, 4, 2),
  date: ([dateTime]) => `substr(${dateTime!}, 1, 10)`,
  floor: ([number]) => `floor(${number!})`,
  ceiling: ([number]) => `ceil(${number!})`,
};

function digits(text: string, from: number, length: number): string {
  return `CAST(substr(${text}, ${String(from)}, ${String(length)}) AS INTEGER)`;
}

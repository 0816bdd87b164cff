/**
 * What an expression needs of a database, and what databases differ in. Everything else is standard
 * SQL.
 */
import type { Property } from '../edm.js';
import type { Expression } from '../expressions/expression.js';
import type { SqlFunction } from './sql-function.js';

/** What a parameter is to SQL. A text compares by code points. */
export type SqlType = 'text' | 'integer' | 'double' | 'boolean';

/**
 * Operators on numbers. An integer that overflows becomes a double; by zero, `null` for integers.
 */
type SqlArithmetic = 'add' | 'sub' | 'mul' | 'div';

/** Thrown where a database cannot say something, or not with exactly the values that it has. */
export class NotExpressible extends Error {}

export interface SqlDialect {
  /** Throws `NotExpressible` for an expression; its operands are asked for by themselves. */
  requireExact(expression: Expression): void;
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
  /** Of the values of a property in a group; `null` where there are none. */
  sum(sql: string, property: Property): string;
  average(sql: string, property: Property): string;
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
  order(sql: string, isDescending: boolean, isNullable: boolean): string;
  /**
   * The first part of a property's value, or of what is compared with it, where its index holds no
   * more than that; `undefined` where it has all.
   */
  prefix(property: Property, sql: string): string | undefined;
  /** What it says with the same values as long as all texts are ASCII, where that is more. */
  forAscii?: { dialect: SqlDialect; isOther: (text: string) => string };
  /** Whether one statement reads several stretches better than several statements do. */
  joinsStretches: boolean;
  /** Whether a kept count is the sum of several rows, each of which may be negative. */
  splitsCounts: boolean;
}

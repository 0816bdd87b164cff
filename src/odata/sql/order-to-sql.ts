/** An order → SQL, and the conditions that lead to what is behind a place in it. */
import { isNullable, type Scalar } from '../expressions/expression.js';
import type { OrderItem } from '../expressions/order-by.js';
import type { SqlStatement } from './expression-to-sql.js';
import type { SqlType } from './sql-dialect.js';

/**
 * What an item sorts by. Numbers that were computed are sorted as doubles: what a token can hold is
 * what is compared.
 */
export function toPlace(statement: SqlStatement, { expression }: OrderItem): string {
  const sql = statement.comparable(expression);
  const isComputed = expression.kind !== 'property';
  const isNumber = expression.type === 'integer' || expression.type === 'decimal';
  return isComputed && isNumber ? statement.dialect.toDecimal(sql) : sql;
}

/** By the expressions and not by their names in the result, or no index would be seen to fit. */
export function toOrder(statement: SqlStatement, orderBy: readonly OrderItem[]): string {
  return orderBy
    .map((item) => statement.dialect.order(toPlace(statement, item), item.isDescending))
    .join(', ');
}

/** Conditions that are all true within one range of an index that has the order. */
export type Stretch = (statement: SqlStatement) => string[];

/**
 * The stretches behind a place, nearest first: those that share all but the last of its values,
 * then those that share all but the last two, and so on.
 */
export function toStretches(orderBy: readonly OrderItem[], after: readonly Scalar[]): Stretch[] {
  return orderBy
    .map((_, i) => i)
    .reverse()
    .flatMap((last) =>
      toSteps(orderBy[last]!, after[last]!).map((step): Stretch => (statement) => [
        ...orderBy.slice(0, last).map((item, i) => toEquality(statement, item, after[i]!)),
        step(statement),
      ]),
    );
}

type Step = (statement: SqlStatement) => string;

/** The ranges that lie behind a value, nearest first. Null is lower than every value. */
function toSteps(item: OrderItem, value: Scalar): Step[] {
  const { expression, isDescending } = item;
  if (value === null) {
    return isDescending ? [] : [(statement) => `${toPlace(statement, item)} IS NOT NULL`];
  }
  const operator = isDescending ? '<' : '>';
  const step: Step = (statement) =>
    `${toPlace(statement, item)} ${operator} ${bind(statement, item, value)}`;
  const isNullBehind = isDescending && isNullable(expression);
  return isNullBehind ? [step, (statement) => `${toPlace(statement, item)} IS NULL`] : [step];
}

function toEquality(statement: SqlStatement, item: OrderItem, value: Scalar): string {
  const place = toPlace(statement, item);
  return value === null ? `${place} IS NULL` : `${place} = ${bind(statement, item, value)}`;
}

/** Integers may come as texts, as drivers give what may not fit a number. */
function bind(statement: SqlStatement, item: OrderItem, value: Exclude<Scalar, null>): string {
  const type = toSqlType(item);
  const isInteger = type === 'integer' && typeof value === 'string';
  return statement.bind(isInteger ? BigInt(value) : value, type);
}

/** What the values of an order's item are to SQL, however a page token has them. */
function toSqlType({ expression }: OrderItem): SqlType {
  const { kind, type } = expression;
  if (type === 'boolean') return 'boolean';
  if (kind === 'property' && (typeof type === 'object' || type === 'integer')) return 'integer';
  const isNumber = typeof type === 'object' || type === 'integer' || type === 'decimal';
  return isNumber ? 'double' : 'text';
}

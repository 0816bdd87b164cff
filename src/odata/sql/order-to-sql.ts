/** An order → SQL, and the conditions that lead to what is behind a place in it. */
import { isNullable, type Scalar } from '../expressions/expression.js';
import type { OrderItem } from '../expressions/order-by.js';
import type { SqlStatement } from './expression-to-sql.js';
import type { SqlDialect, SqlType } from './sql-dialect.js';

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

/**
 * By the expressions and not by their names in the result, or no index would be seen to fit. Of
 * `nulls` each value is null.
 */
export function toOrder(
  statement: SqlStatement,
  orderBy: readonly OrderItem[],
  nulls: readonly OrderItem[] = [],
): string {
  return orderBy
    .flatMap((item) => {
      const place = toPlace(statement, item);
      const prefix = prefixOf(statement.dialect, item, place);
      const places = prefix === undefined ? [place] : [prefix, place];
      const isNull = nulls.includes(item);
      return (isNull ? places.slice(0, 1) : places).map((sql) =>
        statement.dialect.order(sql, item.isDescending, isNullable(item.expression)),
      );
    })
    .join(', ');
}

/** What lies within one range of an index that has the order. */
export interface Stretch {
  /** They are all true there, and nowhere else. */
  toConditions: (statement: SqlStatement) => string[];
  /** The items of the order that are null there. */
  nulls: readonly OrderItem[];
}

const WHOLE: Stretch = { toConditions: () => [], nulls: [] };

/**
 * The stretches behind a place, nearest first: those that share all but the last of its values,
 * then those that share all but the last two, and so on. Without a place, those that all is made
 * of.
 */
export function toStretches(
  orderBy: readonly OrderItem[],
  after: readonly Scalar[] | undefined,
  dialect: SqlDialect,
): Stretch[] {
  if (after === undefined) return toParts(orderBy[0]!, dialect);
  return orderBy
    .map((_, i) => i)
    .reverse()
    .flatMap((last) => {
      const before = orderBy.slice(0, last);
      const nullsBefore = before.filter((_, i) => after[i] === null);
      return toSteps(orderBy[last]!, after[last]!).map((step): Stretch => ({
        toConditions: (statement) => [
          ...before.map((item, i) => toEquality(statement, item, after[i]!)),
          step.toCondition(statement),
        ],
        nulls: step.isNull ? [...nullsBefore, orderBy[last]!] : nullsBefore,
      }));
    });
}

/**
 * An index that holds but the first part of a text does not tell that its nulls are alike: they are
 * a stretch by themselves.
 */
function toParts(item: OrderItem, dialect: SqlDialect): Stretch[] {
  const isPlain = !isNullable(item.expression) || prefixOf(dialect, item, '') === undefined;
  if (isPlain) return [WHOLE];
  const parts: Stretch[] = [
    { toConditions: (statement) => [toNullity(statement, item, 'IS NULL')], nulls: [item] },
    { toConditions: (statement) => [toNullity(statement, item, 'IS NOT NULL')], nulls: [] },
  ];
  return item.isDescending ? parts.reverse() : parts;
}

interface Step {
  toCondition: (statement: SqlStatement) => string;
  isNull: boolean;
}

/** The ranges that lie behind a value, nearest first. Null is lower than every value. */
function toSteps(item: OrderItem, value: Scalar): Step[] {
  const { expression, isDescending } = item;
  if (value === null) {
    if (isDescending) return [];
    return [{ toCondition: (it) => toNullity(it, item, 'IS NOT NULL'), isNull: false }];
  }
  const operator = isDescending ? '<' : '>';
  const step: Step = {
    toCondition: (it) => toComparison(it, item, operator, value),
    isNull: false,
  };
  const isNullBehind = isDescending && isNullable(expression);
  if (!isNullBehind) return [step];
  return [step, { toCondition: (it) => toNullity(it, item, 'IS NULL'), isNull: true }];
}

function toEquality(statement: SqlStatement, item: OrderItem, value: Scalar): string {
  return value === null
    ? toNullity(statement, item, 'IS NULL')
    : toComparison(statement, item, '=', value);
}

function toNullity(
  statement: SqlStatement,
  item: OrderItem,
  operator: 'IS NULL' | 'IS NOT NULL',
): string {
  const place = toPlace(statement, item);
  return `${prefixOf(statement.dialect, item, place) ?? place} ${operator}`;
}

function toComparison(
  statement: SqlStatement,
  item: OrderItem,
  operator: '<' | '>' | '=',
  value: Exclude<Scalar, null>,
): string {
  const place = toPlace(statement, item);
  const bound = bind(statement, item, value);
  const implied = statement.implied(item.expression, place, operator, bound);
  return `${implied}${place} ${operator} ${bound}`;
}

function prefixOf(
  dialect: SqlDialect,
  { expression }: OrderItem,
  place: string,
): string | undefined {
  return expression.kind === 'property' ? dialect.prefix(expression.property, place) : undefined;
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

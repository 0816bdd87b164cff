/**
 * A typed expression → the text of an SQL condition and its parameters. No text of a caller reaches
 * the SQL: properties become the columns of the allow-list, literals become parameters, everything
 * else comes from the tables here.
 *
 * SQL's three-valued logic is OData's for `and`, `or` and `not`, but not for comparisons, which
 * OData never lets be null (URL Conventions 4.01, 5.1.1.1). Where a row is dropped for null as for
 * false, the plain operator does, and an index can serve it.
 */
import { toInstant } from '../date-time-offset.js';
import {
  isNullable,
  type ComparisonOperator,
  type Expression,
  type Scalar,
} from '../expressions/expression.js';
import type { SearchExpression } from '../expressions/search-parser.js';
import { toIntegerComparison } from './integer-comparison.js';
import { NotExpressible, type SqlDialect, type SqlType } from './sql-dialect.js';

/** Where a property's values are in the table. */
export interface ColumnNames {
  /** As they were sent. */
  value: string;
  /** In the form that compares and sorts; the same column for most. */
  comparable: string;
}

export type FindColumns = (property: string) => ColumnNames;

const SQL_OPERATORS = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

export type SqlOperator = '=' | (typeof SQL_OPERATORS)[keyof typeof SQL_OPERATORS];

/** The same comparison from the other side. */
const MIRRORED: Readonly<Record<SqlOperator, SqlOperator>> = {
  '=': '=',
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
};

/** What is true of the first parts of two texts where a comparison of the texts is. */
const IMPLIED: Readonly<Record<SqlOperator, SqlOperator>> = {
  '=': '=',
  '>': '>=',
  '>=': '>=',
  '<': '<=',
  '<=': '<=',
};

/** One statement in the making: its parameters, in the order of their placeholders. */
export class SqlStatement {
  constructor(
    readonly dialect: SqlDialect,
    private readonly columnsOf: FindColumns,
    readonly parameters: unknown[] = [],
  ) {}

  /** The same statement, where its properties are something else. */
  over(columnsOf: FindColumns): SqlStatement {
    return new SqlStatement(this.dialect, columnsOf, this.parameters);
  }

  /** The same statement in other words. */
  in(dialect: SqlDialect): SqlStatement {
    return new SqlStatement(dialect, this.columnsOf, this.parameters);
  }

  /** What is written, and bound, unless the dialect cannot say it. */
  attempt(write: () => string): string | undefined {
    const bound = this.parameters.length;
    try {
      return write();
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      this.parameters.length = bound;
      return undefined;
    }
  }

  bind(value: Exclude<Scalar, null>, type = toSqlType(value)): string {
    this.parameters.push(this.dialect.toParameter(value));
    return this.dialect.placeholder(this.parameters.length, type);
  }

  /**
   * A condition that selects the rows for which the expression is true; for the others it is false
   * or null.
   */
  condition(expression: Expression): string {
    this.dialect.requireExact(expression);
    switch (expression.kind) {
      case 'logical': {
        const conditions = expression.operands.map((operand) => this.condition(operand));
        return `(${conditions.join(expression.operator === 'and' ? ' AND ' : ' OR ')})`;
      }
      case 'comparison':
        return this.comparison(expression, true);
      case 'in':
        return this.membership(expression, true);
      default:
        return this.value(expression);
    }
  }

  /** The expression's value: for a Boolean one true, false or null, exactly as OData has it. */
  value(expression: Expression): string {
    this.dialect.requireExact(expression);
    // Whatever it is made of. A CASE of nothing else would be a text to some databases.
    if (expression.type === 'null') return this.literal(null);
    switch (expression.kind) {
      case 'literal':
        return this.literal(expression.value);
      case 'property':
        return this.columnsOf(expression.property.name).value;
      case 'comparison':
        return this.comparison(expression, false);
      case 'in':
        return this.membership(expression, false);
      case 'logical': {
        const values = expression.operands.map((operand) => this.value(operand));
        return `(${values.join(expression.operator === 'and' ? ' AND ' : ' OR ')})`;
      }
      case 'not':
        return `(NOT ${this.value(expression.operand)})`;
      case 'negate':
        return this.dialect.negate(this.value(expression.operand));
      case 'has':
        return this.flags(expression);
      case 'arithmetic':
        return this.arithmetic(expression);
      case 'call':
        return this.dialect.call(
          expression.sql,
          expression.operands.map((operand) => this.value(operand)),
        );
      case 'cast':
        return this.cast(expression);
      case 'case': {
        const branches = expression.branches.map(
          ({ when, then }) => `WHEN ${this.condition(when)} THEN ${this.value(then)}`,
        );
        return `(CASE ${branches.join(' ')} END)`;
      }
    }
  }

  /** The value in the form that compares and sorts as OData says: a timestamp as its instant. */
  comparable(expression: Expression): string {
    if (expression.type !== 'dateTimeOffset') return this.value(expression);
    if (expression.kind === 'property') return this.columnsOf(expression.property.name).comparable;
    if (expression.kind === 'literal') return this.literal(toComparable(expression.value));
    return this.dialect.call('instant', [this.value(expression)]);
  }

  /**
   * What a comparison of a property with a value implies for the part of the property that an index
   * has, followed by AND; nothing where the index has all of it.
   */
  implied(expression: Expression, place: string, operator: SqlOperator, value: string): string {
    if (expression.kind !== 'property') return '';
    const prefix = this.dialect.prefix(expression.property, place);
    if (prefix === undefined) return '';
    const prefixOfValue = this.dialect.prefix(expression.property, value)!;
    return `${prefix} ${IMPLIED[operator]} ${prefixOfValue} AND `;
  }

  search(expression: SearchExpression, columns: readonly string[]): string {
    switch (expression.kind) {
      case 'term': {
        // A text that is null has no term, and NOT finds it.
        const hits = columns.map((column) => {
          const hit = this.dialect.call('hasTerm', [column, this.bind(expression.folded)]);
          return `COALESCE(${hit}, ${this.dialect.boolean(false)})`;
        });
        return `(${hits.join(' OR ')})`;
      }
      case 'not':
        return `(NOT ${this.search(expression.operand, columns)})`;
      case 'and':
      case 'or': {
        const operands = expression.operands.map((operand) => this.search(operand, columns));
        return `(${operands.join(expression.kind === 'and' ? ' AND ' : ' OR ')})`;
      }
    }
  }

  private literal(value: Scalar): string {
    if (value === null) return 'NULL';
    return typeof value === 'boolean' ? this.dialect.boolean(value) : this.bind(value);
  }

  private comparison(asked: Expression & { kind: 'comparison' }, isCondition: boolean): string {
    const comparison = toIntegerComparison(asked);
    if (comparison.kind !== 'comparison') return this.value(comparison);
    const { operator, left, right } = comparison;
    const { dialect } = this;
    // NaN equals nothing and is neither greater nor less (5.1.1.1.1); databases do not agree on it.
    if (isNaNLiteral(left) || isNaNLiteral(right)) return dialect.boolean(operator === 'ne');
    if (operator === 'eq' || operator === 'ne') {
      return this.equality(operator, left, right, isCondition);
    }
    const isReflexive = operator === 'ge' || operator === 'le';
    if (isReflexive && isNullable(left) && isNullable(right)) {
      return this.orderedOrBothNull(operator, left, right);
    }
    const ordered = this.compare(left, SQL_OPERATORS[operator], right);
    const isNeverNull = !isNullable(left) && !isNullable(right);
    return isCondition || isNeverNull ? ordered : `COALESCE(${ordered}, ${dialect.boolean(false)})`;
  }

  private compare(left: Expression, operator: SqlOperator, right: Expression): string {
    const a = this.comparable(left);
    const b = this.comparable(right);
    const implied =
      right.kind === 'literal'
        ? this.implied(left, a, operator, b)
        : left.kind === 'literal'
          ? this.implied(right, b, MIRRORED[operator], a)
          : '';
    return `(${implied}${a} ${operator} ${b})`;
  }

  private equality(
    operator: 'eq' | 'ne',
    left: Expression,
    right: Expression,
    isCondition: boolean,
  ): string {
    const isPlain = operator === 'eq' && isCondition && (!isNullable(left) || !isNullable(right));
    if (isPlain) return this.compare(left, '=', right);
    const place = this.comparable(left);
    const isNullity = right.kind === 'literal' && right.value === null;
    const a = isNullity ? this.nullable(left, place) : place;
    const b = this.comparable(right);
    return operator === 'eq' ? this.dialect.isSame(a, b) : this.dialect.isDistinct(a, b);
  }

  /**
   * `ge` is `gt` or `eq` (5.1.1.1.4), and null equals null. Each operand stands in the text once,
   * however deep this is nested; and in the plan, too: where the inner query has a limit, no
   * database puts the operands in the place of their names.
   */
  private orderedOrBothNull(
    operator: Exclude<ComparisonOperator, 'eq' | 'ne' | 'gt' | 'lt'>,
    left: Expression,
    right: Expression,
  ): string {
    const comparison = `a ${SQL_OPERATORS[operator]} b`;
    return (
      `(SELECT COALESCE(${comparison}, a IS NULL AND b IS NULL) ` +
      `FROM (SELECT ${this.comparable(left)} AS a, ${this.comparable(right)} AS b LIMIT 1) ` +
      'AS operands)'
    );
  }

  /** What is null where the expression is, which has this place. */
  private nullable(expression: Expression, place: string): string {
    if (expression.kind !== 'property') return place;
    return this.dialect.prefix(expression.property, place) ?? place;
  }

  /** Equal to any of the list, which can hold null; never null itself, as `eq` is not. */
  private membership(
    { operand, values }: Expression & { kind: 'in' },
    isCondition: boolean,
  ): string {
    const { dialect } = this;
    const isTime = operand.type === 'dateTimeOffset';
    const hasNull = values.includes(null);
    const present = values.filter((value) => value !== null && !Number.isNaN(value));
    const subject = this.comparable(operand);
    const list = present.map((value) => this.literal(isTime ? toComparable(value) : value));
    if (list.length === 0) {
      return hasNull
        ? dialect.isSame(this.nullable(operand, subject), 'NULL')
        : `(${subject} IS NULL AND ${dialect.boolean(false)})`;
    }
    const implied = this.impliedByList(operand, subject, list);
    const membership = `(${implied}${subject} IN (${list.join(', ')}))`;
    if (hasNull) return `COALESCE(${membership}, ${dialect.boolean(true)})`;
    return isCondition || !isNullable(operand)
      ? membership
      : `COALESCE(${membership}, ${dialect.boolean(false)})`;
  }

  private impliedByList(operand: Expression, place: string, list: readonly string[]): string {
    if (operand.kind !== 'property') return '';
    const { property } = operand;
    const prefix = this.dialect.prefix(property, place);
    if (prefix === undefined) return '';
    const prefixes = list.map((value) => this.dialect.prefix(property, value)!);
    return `${prefix} IN (${prefixes.join(', ')}) AND `;
  }

  private flags({ operand, flags }: Expression & { kind: 'has' }): string {
    return `((${this.value(operand)} & ${this.literal(flags)}) = ${this.literal(flags)})`;
  }

  private arithmetic({ operator, left, right, type }: Expression & { kind: 'arithmetic' }): string {
    const { dialect } = this;
    const a = this.value(left);
    const b = this.value(right);
    if (operator === 'mod') return dialect.call('modulo', [a, b]);
    if (operator === 'divby' || (operator === 'div' && type === 'decimal')) {
      return dialect.call('divideDecimals', [dialect.toDecimal(a), dialect.toDecimal(b)]);
    }
    return dialect.arithmetic(operator, a, b);
  }

  /**
   * Between an enumeration and other types a cast is a choice among the members; the rest is the
   * database's function.
   */
  private cast({ operand, type, target }: Expression & { kind: 'cast' }): string {
    const from = operand.type;
    if (from === 'null') return 'NULL';
    if (typeof from === 'object') {
      if (type === from || type === 'integer' || type === 'decimal') return this.value(operand);
      if (type !== 'string') return 'NULL';
      return this.choice(
        operand,
        from.members.map((member, value) => [BigInt(value), member]),
      );
    }
    if (typeof type === 'object') {
      if (from === 'string') {
        return this.choice(
          operand,
          type.members.map((member, value) => [member, BigInt(value)]),
        );
      }
      return this.choice(
        operand,
        type.members.map((_, value) => [BigInt(value), BigInt(value)]),
      );
    }
    return this.dialect.call('cast', [this.value(operand), this.bind(from), this.bind(target)]);
  }

  private choice(operand: Expression, pairs: readonly (readonly [Scalar, Scalar])[]): string {
    const subject = this.value(operand);
    const branches = pairs.map(
      ([from, to]) => `WHEN ${this.literal(from)} THEN ${this.literal(to)}`,
    );
    return `(CASE ${subject} ${branches.join(' ')} END)`;
  }
}

function toSqlType(value: Exclude<Scalar, null>): SqlType {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'bigint':
      return 'integer';
    case 'number':
      return 'double';
    default:
      return 'boolean';
  }
}

function toComparable(value: Scalar): Scalar {
  return typeof value === 'string' ? (toInstant(value) ?? null) : value;
}

function isNaNLiteral(expression: Expression): boolean {
  return expression.kind === 'literal' && Number.isNaN(expression.value);
}

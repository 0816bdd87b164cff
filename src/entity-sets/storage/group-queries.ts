/**
 * A query with groupings → SQL. Each grouping is a statement over the rows of the one before it,
 * the first over those of the collection, and the last is filtered, sorted and cut to a page.
 */
import { FEW_ROWS, type Query } from '../../database/query.js';
import type { StoredRow, Table } from '../../database/table.js';
import type { Scalar } from '../../odata/expressions/expression.js';
import type { OrderItem } from '../../odata/expressions/order-by.js';
import type { SqlStatement } from '../../odata/sql/expression-to-sql.js';
import { toGroupBy, toReadable } from '../../odata/sql/grouping-to-sql.js';
import { toOrder, toPlace, toStretches } from '../../odata/sql/order-to-sql.js';
import type { SqlDialect } from '../../odata/sql/sql-dialect.js';
import type { StoredType } from '../entity-set.js';
import { CollectionRows, finish, type KeptCounts } from './collection-rows.js';
import type { PageQuery } from './entity-queries.js';
import { isKey, toGroupPlan, type GroupCriteria, type GroupPlan } from './group-plan.js';

/** A result: its values in the order of its type, integers as texts, and its place in the order. */
export interface GroupRow {
  values: readonly (string | number | null)[];
  place: readonly Scalar[];
}

type Place = (statement: SqlStatement) => string;

/** The queries of one entity set for what is made of its entities. */
export class GroupQueries<Row extends StoredRow> {
  private readonly rows: CollectionRows<Row>;

  constructor(
    type: StoredType,
    table: Table<Row>,
    private readonly kept: KeptCounts,
    private readonly dialect: SqlDialect,
  ) {
    this.rows = new CollectionRows(type, table, dialect);
  }

  /** The results of a page, those that it skips apart. */
  page(collectionId: number, query: PageQuery & GroupCriteria): Query<GroupRow> {
    const { orderBy, after, skip, limit, patterns } = query;
    const plan = this.plan(query, orderBy);
    const { grouping, results } = plan.layers.at(-1)!;
    const { properties } = grouping.type;
    const statement = this.rows.begin();
    const inResults = statement.over(results);
    // Parameters are bound in the order of the text.
    const selected = [
      ...properties.map((each) => toReadable(each, results(each.name).value, this.dialect)),
      ...orderBy.map((item) => this.readablePlace(inResults, item)),
    ].join(', ');
    const behind = after === undefined ? undefined : toPosition(orderBy, after, this.dialect);
    const groups = this.groups(statement, collectionId, query, plan, behind, orderBy);
    const order = orderBy.length === 0 ? '' : ` ORDER BY ${toOrder(inResults, orderBy)}`;
    // One more than the page holds tells whether there is another page.
    const length = statement.bind(BigInt(limit.rows + 1));
    const offset = statement.bind(BigInt(skip));
    const text = `SELECT ${selected} FROM ${groups}${order} LIMIT ${length} OFFSET ${offset}`;
    return {
      statements: [finish(statement, text)],
      toRow: (values) => ({
        values: values.slice(0, properties.length) as GroupRow['values'],
        place: values.slice(properties.length) as Scalar[],
      }),
      limit,
      isQuick: plan.isQuick,
      patterns,
    };
  }

  count(collectionId: number, criteria: GroupCriteria): Query<number> {
    const plan = this.plan(criteria);
    const statement = this.rows.begin();
    const groups = this.groups(statement, collectionId, criteria, plan);
    // What is selected is an aggregate, or rows would not be grouped where there are no keys.
    const text = `SELECT count(*) FROM (SELECT count(*) FROM ${groups}) AS "results"`;
    return {
      statements: [finish(statement, text)],
      toRow: ([count]) => Number(count),
      limit: FEW_ROWS,
      isQuick: plan.isQuick,
      patterns: criteria.patterns,
    };
  }

  private plan(criteria: GroupCriteria, orderBy?: readonly OrderItem[]): GroupPlan {
    return toGroupPlan(criteria, orderBy, this.rows, this.kept.name);
  }

  /** From FROM to HAVING: the last of the layers, those before it within. */
  private groups(
    statement: SqlStatement,
    collectionId: number,
    criteria: GroupCriteria,
    plan: GroupPlan,
    behind?: Place,
    orderBy: readonly OrderItem[] = [],
  ): string {
    const { layers } = plan;
    const { grouping, rows, results } = layers.at(-1)!;
    const source = this.source(statement, collectionId, criteria, plan);
    const inRows = statement.over(rows.columnsOf);
    const inResults = statement.over(results);
    const { filter, keys } = grouping;
    // What is behind a place among the keys need not be grouped before it is known.
    const isBefore = behind !== undefined && orderBy.every((item) => isKey(item, grouping));
    const where = isBefore ? [...source.conditions, behind(inRows)] : source.conditions;
    const having = [
      ...(keys.length === 0 ? [] : this.deadlineChecks(plan)),
      ...(filter === undefined ? [] : [inResults.condition(filter)]),
      ...(behind === undefined || isBefore ? [] : [behind(inResults)]),
    ];
    return [
      source.name,
      where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`,
      toGroupBy(grouping, results),
      having.length === 0 ? '' : ` HAVING ${having.join(' AND ')}`,
    ].join('');
  }

  /** What the last of the layers is of, and the conditions of that. */
  private source(
    statement: SqlStatement,
    collectionId: number,
    criteria: GroupCriteria,
    plan: GroupPlan,
  ): { name: string; conditions: string[] } {
    const { layers, isKept, isQuick } = plan;
    const inner = layers.at(-2);
    if (inner === undefined) {
      const conditions = [this.rows.where(statement, collectionId, criteria, isQuick)];
      return isKept
        ? { name: this.kept.counts, conditions: [...conditions, '"count" > 0'] }
        : { name: this.rows.name, conditions };
    }
    const { rows } = layers.at(-1)!;
    const columns = inner.grouping.type.properties.flatMap(({ name }) => {
      const [made, named] = [inner.results(name), rows.columnsOf(name)];
      const value = `${made.value} AS ${named.value}`;
      return made.value === made.comparable
        ? [value]
        : [value, `${made.comparable} AS ${named.comparable}`];
    });
    const before = { ...plan, layers: layers.slice(0, -1) };
    const groups = this.groups(statement, collectionId, criteria, before);
    return {
      name: `(SELECT ${columns.join(', ')} FROM ${groups}) AS "groups"`,
      conditions: this.deadlineChecks(plan),
    };
  }

  /** For every row and every group, of which there may be as many. */
  private deadlineChecks({ isQuick }: GroupPlan): string[] {
    const { deadlineCheck } = this.dialect;
    return deadlineCheck === undefined || isQuick ? [] : [deadlineCheck];
  }

  /** A place as a page token holds it. */
  private readablePlace(statement: SqlStatement, item: OrderItem): string {
    const place = toPlace(statement, item);
    const { expression } = item;
    return expression.kind === 'property'
      ? toReadable(expression.property, place, this.dialect)
      : place;
  }
}

function toPosition(
  orderBy: readonly OrderItem[],
  after: readonly Scalar[],
  dialect: SqlDialect,
): Place {
  const stretches = toStretches(orderBy, after);
  if (stretches.length === 0) return () => dialect.boolean(false);
  return (statement) =>
    `(${stretches.map((stretch) => `(${stretch(statement).join(' AND ')})`).join(' OR ')})`;
}

/**
 * A query with groupings → SQL. Each grouping is a statement over the rows of the one before it,
 * the first over those of the collection, and the last is filtered, sorted and cut to a page.
 */
import { FEW_ROWS, type Judging, type Query, type Statement } from '../../database/query.js';
import type { StoredRow, Table } from '../../database/table.js';
import type { Scalar } from '../../odata/expressions/expression.js';
import type { OrderItem } from '../../odata/expressions/order-by.js';
import type { SqlStatement } from '../../odata/sql/expression-to-sql.js';
import { toGroupBy, toReadable } from '../../odata/sql/grouping-to-sql.js';
import { toOrder, toPlace, toStretches } from '../../odata/sql/order-to-sql.js';
import type { SqlDialect } from '../../odata/sql/sql-dialect.js';
import type { StoredType } from '../entity-set.js';
import { CollectionRows, type KeptCounts, type PageQuery } from './collection-rows.js';
import { toCountSources, toRowSources } from './sources.js';
import {
  isKey,
  toGroupPlan,
  toLayers,
  type GroupCriteria,
  type GroupPlan,
  type Layer,
} from './group-plan.js';

/** A result: its values in the order of its type, integers as texts, and its place in the order. */
export interface GroupRow {
  values: readonly (string | number | null)[];
  place: readonly Scalar[];
}

type Place = (statement: SqlStatement) => string;

/** What a statement about groups is made of, whatever it selects of them. */
interface Groups {
  collectionId: number;
  criteria: GroupCriteria;
  plan: GroupPlan;
}

/** The queries of one entity set for what is made of its entities. */
export class GroupQueries<Row extends StoredRow> {
  private readonly rows: CollectionRows<Row>;

  constructor(
    type: StoredType,
    table: Table<Row>,
    private readonly kept: KeptCounts,
  ) {
    this.rows = new CollectionRows(type, table);
  }

  /** The results of a page, those that it skips apart. */
  page(collectionId: number, query: PageQuery & GroupCriteria): Query<GroupRow> {
    const { orderBy, limit, patterns, groupings } = query;
    const plan = this.plan(query, orderBy);
    const groups = { collectionId, criteria: query, plan };
    const width = groupings.at(-1)!.type.properties.length;
    const toStatements = (dialect: SqlDialect): Statement[] => [
      this.rows.toStatement(dialect, (statement) => this.toPage(statement, groups, query)),
    ];
    return {
      toStatements,
      toRow: (values) => ({
        values: values.slice(0, width) as GroupRow['values'],
        place: values.slice(width) as Scalar[],
      }),
      limit,
      isQuick: plan.isQuick,
      patterns,
      toJudging: () => this.toJudging(groups, toStatements),
    };
  }

  count(collectionId: number, criteria: GroupCriteria): Query<number> {
    const plan = this.plan(criteria);
    const groups = { collectionId, criteria, plan };
    const toStatements = (dialect: SqlDialect): Statement[] => [
      this.rows.toStatement(dialect, (statement) => {
        const from = this.toFrom(statement, groups, this.layers(statement, groups));
        // What is selected is an aggregate, or rows would not be grouped where there are no keys.
        return `SELECT count(*) FROM (SELECT count(*) FROM ${from}) AS "results"`;
      }),
    ];
    return {
      toStatements,
      toRow: ([count]) => Number(count),
      limit: FEW_ROWS,
      isQuick: plan.isQuick,
      patterns: criteria.patterns,
      toJudging: () => this.toJudging(groups, toStatements),
    };
  }

  private toJudging(
    { collectionId, criteria, plan }: Groups,
    toStatements: Judging['toStatements'],
  ): Judging {
    const { keys, aggregates } = criteria.groupings[0]!;
    const names = [
      ...keys.map(({ name }) => name),
      ...aggregates.flatMap((each) => (each.method === 'count' ? [] : [each.of.name])),
    ];
    return {
      table: plan.isKept ? this.kept.counts : this.rows.name,
      toSources: plan.isKept
        ? toCountSources(this.rows, collectionId, this.kept)
        : toRowSources(this.rows, collectionId, criteria, names),
      toStatements,
      parts: 'none',
      skip: 0,
    };
  }

  private plan(criteria: GroupCriteria, orderBy?: readonly OrderItem[]): GroupPlan {
    return toGroupPlan(criteria, orderBy, this.rows, this.kept.name);
  }

  private layers({ dialect }: SqlStatement, { criteria, plan }: Groups): Layer[] {
    return toLayers(criteria.groupings, plan, this.rows, dialect);
  }

  private toPage(statement: SqlStatement, groups: Groups, query: PageQuery): string {
    const { orderBy, after, skip, limit } = query;
    const { dialect } = statement;
    const layers = this.layers(statement, groups);
    const { grouping, results } = layers.at(-1)!;
    const inResults = statement.over(results);
    // Parameters are bound in the order of the text.
    const selected = [
      ...grouping.type.properties.map((each) =>
        toReadable(each, results(each.name).value, dialect),
      ),
      ...orderBy.map((item) => toReadablePlace(inResults, item)),
    ].join(', ');
    const behind = after === undefined ? undefined : toPosition(orderBy, after, dialect);
    const from = this.toFrom(statement, groups, layers, behind, orderBy);
    const order = orderBy.length === 0 ? '' : ` ORDER BY ${toOrder(inResults, orderBy)}`;
    // One more than the page holds tells whether there is another page.
    const length = statement.bind(BigInt(limit.rows + 1));
    const offset = statement.bind(BigInt(skip));
    return `SELECT ${selected} FROM ${from}${order} LIMIT ${length} OFFSET ${offset}`;
  }

  /** From FROM to HAVING: the last of the layers, those before it within. */
  private toFrom(
    statement: SqlStatement,
    groups: Groups,
    layers: readonly Layer[],
    behind?: Place,
    orderBy: readonly OrderItem[] = [],
  ): string {
    const { grouping, rows, results } = layers.at(-1)!;
    const source = this.source(statement, groups, layers);
    const inRows = statement.over(rows.columnsOf);
    const inResults = statement.over(results);
    const { filter, keys } = grouping;
    // What is behind a place among the keys need not be grouped before it is known.
    const isBefore = behind !== undefined && orderBy.every((item) => isKey(item, grouping));
    const where = isBefore ? [...source.conditions, behind(inRows)] : source.conditions;
    const having = [
      ...(keys.length === 0 ? [] : deadlineChecks(statement, groups)),
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
    groups: Groups,
    layers: readonly Layer[],
  ): { name: string; conditions: string[] } {
    const { collectionId, criteria, plan } = groups;
    const inner = layers.at(-2);
    if (inner === undefined) {
      const condition = this.rows.where(statement, collectionId, criteria, plan.isQuick);
      return plan.isKept
        ? this.keptCounts(statement.dialect, condition)
        : { name: this.rows.name, conditions: [condition] };
    }
    const { rows } = layers.at(-1)!;
    const columns = inner.grouping.type.properties.flatMap(({ name }) => {
      const [made, named] = [inner.results(name), rows.columnsOf(name)];
      const value = `${made.value} AS ${named.value}`;
      return made.value === made.comparable
        ? [value]
        : [value, `${made.comparable} AS ${named.comparable}`];
    });
    const from = this.toFrom(statement, groups, layers.slice(0, -1));
    return {
      name: `(SELECT ${columns.join(', ')} FROM ${from}) AS "groups"`,
      conditions: deadlineChecks(statement, groups),
    };
  }

  /** The counts of what there is: one row for each value. */
  private keptCounts(
    { splitsCounts }: SqlDialect,
    condition: string,
  ): { name: string; conditions: string[] } {
    const { name, counts } = this.kept;
    if (!splitsCounts) return { name: counts, conditions: [condition, '"count" > 0'] };
    const value = this.rows.column(name);
    const summed =
      `SELECT ${value}, sum("count") AS "count" FROM ${counts} WHERE ${condition} ` +
      `GROUP BY ${value} HAVING sum("count") > 0`;
    return { name: `(${summed}) AS "counts"`, conditions: [] };
  }
}

/** For every row and every group, of which there may be as many. */
function deadlineChecks({ dialect }: SqlStatement, { plan }: Groups): string[] {
  const { deadlineCheck } = dialect;
  return deadlineCheck === undefined || plan.isQuick ? [] : [deadlineCheck];
}

/** A place as a page token holds it. */
function toReadablePlace(statement: SqlStatement, item: OrderItem): string {
  const place = toPlace(statement, item);
  const { expression } = item;
  return expression.kind === 'property'
    ? toReadable(expression.property, place, statement.dialect)
    : place;
}

function toPosition(
  orderBy: readonly OrderItem[],
  after: readonly Scalar[],
  dialect: SqlDialect,
): Place {
  const stretches = toStretches(orderBy, after, dialect);
  if (stretches.length === 0) return () => dialect.boolean(false);
  return (statement) =>
    `(${stretches.map((each) => `(${each.toConditions(statement).join(' AND ')})`).join(' OR ')})`;
}

/** How what is made of entities is read: from which table, along which index, layer by layer. */
import type { StoredRow } from '../../database/table.js';
import type { Aggregate, Grouping } from '../../odata/aggregation/aggregation.js';
import { isSimple } from '../../odata/expressions/expression-cost.js';
import { namesOnly } from '../../odata/expressions/expression.js';
import type { OrderItem } from '../../odata/expressions/order-by.js';
import type { FindColumns } from '../../odata/sql/expression-to-sql.js';
import { toResultColumns, type GroupedRows } from '../../odata/sql/grouping-to-sql.js';
import type { SqlDialect } from '../../odata/sql/sql-dialect.js';
import { isDecidedBy, type CollectionRows, type Criteria } from './collection-rows.js';

/** What is made of the entities that count: one grouping at least. */
export interface GroupCriteria extends Criteria {
  groupings: readonly Grouping[];
}

/** A grouping, the rows that it is of, and where its results are. */
export interface Layer {
  grouping: Grouping;
  rows: GroupedRows;
  results: FindColumns;
}

export interface GroupPlan {
  /** Whether the counts that the database keeps tell all that is asked. */
  isKept: boolean;
  /** Whether no more than those are looked at. */
  isQuick: boolean;
  /** Whether the entities may be read in the order of the keys. */
  isOrdered: boolean;
}

/** `kept` is the property by whose values counts are kept; without an order, all is asked for. */
export function toGroupPlan<Row extends StoredRow>(
  criteria: GroupCriteria,
  orderBy: readonly OrderItem[] | undefined,
  rows: CollectionRows<Row>,
  kept: string,
): GroupPlan {
  const { filter, groupings } = criteria;
  const [first] = groupings;
  const isKept =
    isDecidedBy(kept, criteria) &&
    first!.keys.every(({ name }) => name === kept) &&
    first!.aggregates.every((aggregate) => isTold(aggregate, kept));
  const expressions = [
    filter,
    ...groupings.map((grouping) => grouping.filter),
    ...(orderBy ?? []).map(({ expression }) => expression),
  ];
  return {
    isKept,
    isQuick: isKept && expressions.every((each) => each === undefined || isSimple(each)),
    isOrdered: isKept || isOrdered(criteria, orderBy, rows),
  };
}

/** Each grouping in the words of a dialect, from the first to the last. */
export function toLayers<Row extends StoredRow>(
  groupings: readonly Grouping[],
  { isKept, isOrdered }: GroupPlan,
  { columnsOf }: CollectionRows<Row>,
  dialect: SqlDialect,
): Layer[] {
  const count = isKept ? 'COALESCE(sum("count"), 0)' : 'count(*)';
  const layers: Layer[] = [];
  let rows: GroupedRows = { columnsOf, count, isOrdered };
  for (const grouping of groupings) {
    const layer = { grouping, rows, results: toResultColumns(grouping, rows, dialect) };
    layers.push(layer);
    rows = { columnsOf: toInner(layer, layers.length), count: 'count(*)', isOrdered: true };
  }
  return layers;
}

export function isKey({ expression }: OrderItem, { keys }: Grouping): boolean {
  return (
    expression.kind === 'property' && keys.some(({ name }) => name === expression.property.name)
  );
}

/** Whether counts by a property tell an aggregate. */
function isTold(aggregate: Aggregate, name: string): boolean {
  if (aggregate.method === 'count') return true;
  const isOfValues = ['min', 'max', 'countdistinct'].includes(aggregate.method);
  return isOfValues && aggregate.of.name === name;
}

/**
 * Whether the index of the key is worth following. Each row that it leads to is looked up, which
 * takes longer than to read all of them and sort; unless the index has all that is asked for, or
 * the page ends before the index does, as it can where there are many groups.
 */
function isOrdered<Row extends StoredRow>(
  { filter, groupings }: GroupCriteria,
  orderBy: readonly OrderItem[] | undefined,
  { type, columnsOf }: CollectionRows<Row>,
): boolean {
  const [{ keys, aggregates }] = groupings as [Grouping];
  const [key, ...others] = keys;
  if (key === undefined || others.length > 0) return false;

  const inIndex = [key.name, type.key];
  const { value, comparable } = columnsOf(key.name);
  const isCovered =
    value === comparable &&
    aggregates.every((each) => each.method === 'count' || inIndex.includes(each.of.name)) &&
    (filter === undefined || namesOnly(filter, key.name));
  const isManyGroups = typeof key.type !== 'object';
  const isByKey = orderBy?.every((item) => isKey(item, groupings[0]!)) ?? false;
  return isCovered || (isManyGroups && isByKey && groupings.length === 1);
}

/**
 * Where the results of a grouping are for the one behind it. No name is that of a column which they
 * are made of: databases differ in which of the two GROUP BY then means.
 */
function toInner({ grouping, results }: Layer, depth: number): FindColumns {
  const names = grouping.type.properties.map(({ name }) => name);
  return (name) => {
    const { value, comparable } = results(name);
    const place = `${String(depth)}_${String(names.indexOf(name))}`;
    const valueName = `"value_${place}"`;
    const isPlain = value === comparable;
    return { value: valueName, comparable: isPlain ? valueName : `"comparable_${place}"` };
  };
}

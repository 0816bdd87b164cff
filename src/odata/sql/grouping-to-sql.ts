/** A grouping → what SQL selects and groups by, of columns that may be those of another. */
import type { Aggregate, Grouping } from '../aggregation/aggregation.js';
import type { Property } from '../edm.js';
import type { ColumnNames, FindColumns } from './expression-to-sql.js';
import type { SqlDialect } from './sql-dialect.js';

/** What a grouping is of. */
export interface GroupedRows {
  columnsOf: FindColumns;
  /** How many rows of a group there are. */
  count: string;
  /** Whether they may be read in the order of the keys. */
  isOrdered: boolean;
}

/** The columns of the results, as they are selected, and as a condition behind them names them. */
export function toResultColumns(
  { keys, aggregates }: Grouping,
  rows: GroupedRows,
  dialect: SqlDialect,
): FindColumns {
  const columns = new Map([
    ...keys.map(({ name }) => [name, toKeyColumns(name, rows, dialect)] as const),
    ...aggregates.map((each) => [each.result.name, toColumns(each, rows, dialect)] as const),
  ]);
  return (name) => columns.get(name)!;
}

export function toGroupBy({ keys }: Grouping, results: FindColumns): string {
  if (keys.length === 0) return '';
  return ` GROUP BY ${keys.map(({ name }) => results(name).comparable).join(', ')}`;
}

/** A result as it is sent: integers can be greater than drivers give exactly. */
export function toReadable(property: Property, sql: string, dialect: SqlDialect): string {
  return property.type === 'integer' ? dialect.toDigits(sql) : sql;
}

/** Of several words for what is alike, such as an instant, the group is called by the least. */
function toKeyColumns(
  name: string,
  { columnsOf, isOrdered }: GroupedRows,
  dialect: SqlDialect,
): ColumnNames {
  const { value, comparable } = columnsOf(name);
  const key = isOrdered ? comparable : dialect.unindexed(comparable);
  return { value: value === comparable ? key : `min(${value})`, comparable: key };
}

function toColumns(
  aggregate: Aggregate,
  { columnsOf, count }: GroupedRows,
  dialect: SqlDialect,
): ColumnNames {
  if (aggregate.method === 'count') return toOne(count);
  const { method, of } = aggregate;
  const { value, comparable } = columnsOf(of.name);
  switch (method) {
    case 'countdistinct':
      return toOne(`count(DISTINCT ${comparable})`);
    case 'sum':
      return toOne(dialect.sum(value, of));
    case 'average':
      return toOne(dialect.average(value, of));
    case 'min':
    case 'max': {
      const extreme = `${method}(${comparable})`;
      const isPlain = value === comparable;
      return {
        value: isPlain ? extreme : dialect.valueAt(method, value, comparable),
        comparable: extreme,
      };
    }
  }
}

function toOne(sql: string): ColumnNames {
  return { value: sql, comparable: sql };
}

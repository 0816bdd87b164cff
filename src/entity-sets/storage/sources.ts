/** The rows that a query may mean, for a database that decides on them elsewhere. */
import type { Sources, Statement } from '../../database/query.js';
import type { StoredRow } from '../../database/table.js';
import { toOrder, toStretches } from '../../odata/sql/order-to-sql.js';
import { NotExpressible, type SqlDialect } from '../../odata/sql/sql-dialect.js';
import type { CollectionRows, Criteria, KeptCounts, PageQuery } from './collection-rows.js';

/** Of the rows that may meet the criteria, what they name and the properties with these names. */
export function toRowSources<Row extends StoredRow>(
  rows: CollectionRows<Row>,
  collectionId: number,
  criteria: Criteria,
  names: readonly string[],
): (dialect: SqlDialect) => Sources {
  const columns = rows.columnsOfAll([...names, ...rows.namesIn(criteria)]);
  return (dialect) => toUnordered(rows, collectionId, criteria, columns, dialect);
}

/** All of the rows behind a place that may meet the criteria, in the order of a page. */
export function toPageSources<Row extends StoredRow>(
  rows: CollectionRows<Row>,
  collectionId: number,
  query: PageQuery,
): (dialect: SqlDialect) => Sources {
  return (dialect) => {
    try {
      return { statements: toOrdered(rows, collectionId, query, dialect), isOrdered: true };
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      return toUnordered(rows, collectionId, query, rows.allColumns, dialect);
    }
  };
}

function toUnordered<Row extends StoredRow>(
  rows: CollectionRows<Row>,
  collectionId: number,
  criteria: Criteria,
  columns: string,
  dialect: SqlDialect,
): Sources {
  const statement = rows.toStatement(dialect, (it) => {
    const where = rows.wherePossible(it, collectionId, criteria);
    return `SELECT ${columns} FROM ${rows.name} WHERE ${where}`;
  });
  return { statements: [statement], isOrdered: false };
}

function toOrdered<Row extends StoredRow>(
  rows: CollectionRows<Row>,
  collectionId: number,
  query: PageQuery,
  dialect: SqlDialect,
): Statement[] {
  const { orderBy, after } = query;
  return toStretches(orderBy, after, dialect).map(({ toConditions, nulls }) =>
    rows.toStatement(dialect, (it) => {
      const criteria = rows.wherePossible(it, collectionId, query);
      const where = [criteria, ...toConditions(it)].join(' AND ');
      const order = toOrder(it, orderBy, nulls);
      return `SELECT ${rows.allColumns} FROM ${rows.name} WHERE ${where} ORDER BY ${order}`;
    }),
  );
}

/** The counts that the database keeps of a collection. */
export function toCountSources<Row extends StoredRow>(
  rows: CollectionRows<Row>,
  collectionId: number,
  { name, counts }: KeptCounts,
): (dialect: SqlDialect) => Sources {
  const columns = rows.columnsOfAll([name]);
  return (dialect) => ({
    statements: [
      rows.toStatement(
        dialect,
        (statement) =>
          `SELECT ${columns}, sum("count") AS "count" FROM ${counts} ` +
          `WHERE ${rows.where(statement, collectionId)} ` +
          `GROUP BY ${columns} HAVING sum("count") > 0`,
      ),
    ],
    isOrdered: false,
  });
}

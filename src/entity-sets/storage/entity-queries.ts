/** A parsed query on a collection → SQL. */
import { FEW_ROWS, type Query, type RowLimit, type Statement } from '../../database/query.js';
import type { StoredRow, Table } from '../../database/table.js';
import { findProperty } from '../../odata/edm.js';
import { isSimple } from '../../odata/expressions/expression-cost.js';
import type { Scalar } from '../../odata/expressions/expression.js';
import type { OrderItem } from '../../odata/expressions/order-by.js';
import type { SqlStatement } from '../../odata/sql/expression-to-sql.js';
import { isIndexRange } from '../../odata/sql/index-range.js';
import { toOrder, toPlace, toStretches, type Stretch } from '../../odata/sql/order-to-sql.js';
import type { SqlDialect } from '../../odata/sql/sql-dialect.js';
import type { StoredType } from '../entity-set.js';
import {
  CollectionRows,
  finish,
  isDecidedBy,
  type Criteria,
  type KeptCounts,
} from './collection-rows.js';

/** To skip so many is no more than to read a page. */
const MAX_QUICK_SKIP = 1000;

/**
 * One page of a collection: `limit` entities in this order, behind a position or behind the first
 * `skip`.
 */
export interface PageQuery extends Criteria {
  orderBy: readonly OrderItem[];
  after: readonly Scalar[] | undefined;
  skip: number;
  limit: RowLimit;
}

/**
 * What a page shows of a row: the properties of the type, as they are stored, and the revision.
 * Which collection it is of, the caller knows.
 */
export type ListedRow = Record<string, string | number | null> & { id: string; revision: number };

/** A row of a page, and what its place in the order is told by beside what is in the row anyway. */
export type PlacedRow = ListedRow & { unlisted?: readonly Scalar[] };

/** How many entities of a collection have a value, and the latest of them all. */
export interface KeptCount {
  value: number;
  count: number;
  latest: string;
}

const REVISION = 'revision';

/** The values of the order's items at a row. */
export function placeOf(row: ListedRow, orderBy: readonly OrderItem[], type: StoredType): Scalar[] {
  const unlisted = (row as PlacedRow).unlisted?.values();
  return orderBy.map((item) => {
    const property = listedBy(item, type);
    return property === undefined ? unlisted!.next().value! : row[property]!;
  });
}

/** The property of a row that an item sorts by, where a page shows it. */
function listedBy({ expression }: OrderItem, type: StoredType): string | undefined {
  if (expression.kind !== 'property') return undefined;
  const { name } = expression.property;
  return comparableOf(type, name) === name ? name : undefined;
}

function comparableOf(type: StoredType, name: string): string {
  return findProperty(type, name)!.comparable;
}

/** The queries of one entity set. */
export class EntityQueries<Row extends StoredRow> {
  /** What a page reads of each row. */
  private readonly listed: readonly string[];
  private readonly selected: string;
  private readonly findText: string;
  private readonly rows: CollectionRows<Row>;

  constructor(
    private readonly type: StoredType,
    table: Table<Row>,
    private readonly kept: KeptCounts,
    dialect: SqlDialect,
  ) {
    this.rows = new CollectionRows(type, table, dialect);
    this.listed = [...type.properties.map(({ name }) => name), REVISION];
    this.selected = this.listed.map((property) => this.rows.column(property)).join(', ');
    this.findText =
      `SELECT ${this.selected} FROM ${table.name} ` +
      `WHERE ${this.rows.column('collectionId')} = ${dialect.placeholder(1, 'integer')} ` +
      `AND ${this.rows.column('id')} = ${dialect.placeholder(2, 'text')}`;
  }

  /** A row of the values that `find` reads, or a page that is sorted by what it shows. */
  readonly toListedRow = (values: readonly unknown[]): ListedRow => {
    const row: Record<string, unknown> = {};
    const last = this.listed.length - 1;
    for (let i = 0; i < last; i += 1) row[this.listed[i]!] = values[i];
    row[REVISION] = Number(values[last]);
    return row as ListedRow;
  };

  private readonly toPlacedRow = (values: readonly unknown[]): PlacedRow => {
    const unlisted = values.slice(this.listed.length) as Scalar[];
    return Object.assign(this.toListedRow(values), { unlisted });
  };

  /** Its rows are for `toListedRow`. */
  find(collectionId: number, id: string): Statement {
    return { text: this.findText, parameters: [collectionId, id] };
  }

  count(collectionId: number, criteria: Criteria): Query<number> {
    const { filter, patterns } = criteria;
    const statement = this.rows.begin();
    const isKept = isDecidedBy(this.kept.name, criteria);
    const isQuick = isKept && (filter === undefined || isSimple(filter));
    const where = this.rows.where(statement, collectionId, criteria, isQuick);
    const text = isKept
      ? `SELECT COALESCE(sum("count"), 0) FROM ${this.kept.counts} WHERE ${where}`
      : `SELECT count(*) FROM ${this.rows.name} WHERE ${where}`;
    const toRow = ([count]: readonly unknown[]): number => Number(count);
    return { statements: [finish(statement, text)], toRow, limit: FEW_ROWS, isQuick, patterns };
  }

  /**
   * What the database keeps counted, and the greatest value of a property, which an index ends
   * with.
   */
  overview(collectionId: number, latestBy: string): Query<KeptCount> {
    const statement = this.rows.begin();
    const { name, counts } = this.kept;
    const latest =
      `SELECT ${this.rows.column(latestBy)} FROM ${this.rows.name} ` +
      `WHERE ${this.rows.where(statement, collectionId)} ` +
      `ORDER BY ${this.rows.column(comparableOf(this.type, latestBy))} DESC, ` +
      `${this.rows.column('id')} DESC LIMIT 1`;
    const text =
      `SELECT ${this.rows.column(name)}, sum("count"), (${latest}) FROM ${counts} ` +
      `WHERE ${this.rows.where(statement, collectionId)} ` +
      `GROUP BY ${this.rows.column(name)} HAVING sum("count") > 0`;
    return {
      statements: [finish(statement, text)],
      toRow: ([value, count, last]) => ({
        value: value as number,
        count: Number(count),
        latest: last as string,
      }),
      limit: FEW_ROWS,
      isQuick: true,
      patterns: [],
    };
  }

  /** The rows of a page that skips none, in its order. */
  page(collectionId: number, query: PageQuery): Query<PlacedRow> {
    const { limit, patterns, orderBy } = query;
    const isQuick = isQuickPage(query, this.rows);
    const isListed = orderBy.every((item) => listedBy(item, this.type) !== undefined);
    return {
      statements: this.stretches(collectionId, query, isQuick),
      toRow: isListed ? this.toListedRow : this.toPlacedRow,
      limit,
      isQuick,
      patterns,
    };
  }

  /**
   * The statements whose rows, one after the other, are the entities behind the position. Each is
   * one range of an index, however deep the page lies.
   */
  private stretches(collectionId: number, query: PageQuery, isQuick: boolean): Statement[] {
    const { after, orderBy } = query;
    const stretches = after === undefined ? [() => []] : toStretches(orderBy, after);
    return stretches.map((stretch) => this.stretch(collectionId, query, isQuick, stretch));
  }

  /**
   * The place of the last entity that is skipped. An index alone tells it where one has the order;
   * the entities are not read.
   */
  position(collectionId: number, query: PageQuery): Query<Scalar[]> {
    const { patterns } = query;
    const isQuick = isQuickPage(query, this.rows);
    const statement = this.rows.begin();
    const places = query.orderBy.map((item) => toPlace(statement, item)).join(', ');
    const rows = this.select(statement, collectionId, query, isQuick, () => []);
    const offset = statement.bind(BigInt(query.skip - 1));
    return {
      statements: [finish(statement, `SELECT ${places} FROM ${rows} LIMIT 1 OFFSET ${offset}`)],
      toRow: (values) => [...values] as Scalar[],
      limit: FEW_ROWS,
      isQuick,
      patterns,
    };
  }

  private stretch(
    collectionId: number,
    query: PageQuery,
    isQuick: boolean,
    stretch: Stretch,
  ): Statement {
    const statement = this.rows.begin();
    const unlisted = query.orderBy.filter((item) => listedBy(item, this.type) === undefined);
    const places = unlisted.map((item) => toPlace(statement, item));
    const selected = [this.selected, ...places].join(', ');
    const rows = this.select(statement, collectionId, query, isQuick, stretch);
    // One row more than the page holds tells whether there is another page.
    const limit = statement.bind(BigInt(query.limit.rows + 1));
    return finish(statement, `SELECT ${selected} FROM ${rows} LIMIT ${limit}`);
  }

  private select(
    statement: SqlStatement,
    collectionId: number,
    query: PageQuery,
    isQuick: boolean,
    stretch: Stretch,
  ): string {
    // Parameters are bound in the order of the text.
    const criteria = this.rows.where(statement, collectionId, query, isQuick);
    const where = [criteria, ...stretch(statement)].join(' AND ');
    return `${this.rows.name} WHERE ${where} ORDER BY ${toOrder(statement, query.orderBy)}`;
  }
}

/** Whether an index leads to the rows of the page, and to no others. */
function isQuickPage<Row extends StoredRow>(
  { filter, search, orderBy, skip }: PageQuery,
  rows: CollectionRows<Row>,
): boolean {
  return (
    search === undefined &&
    skip <= MAX_QUICK_SKIP &&
    isIndexRange(filter, orderBy, rows.type.key, (name) => rows.isIndexed(name))
  );
}

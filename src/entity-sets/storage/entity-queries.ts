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
  isDecidedBy,
  type Criteria,
  type KeptCounts,
  type PageQuery,
} from './collection-rows.js';
import { toCountSources, toPageSources, toRowSources } from './sources.js';

/** To skip so many is no more than to read a page. */
const MAX_QUICK_SKIP = 1000;

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

const ONE_ROW: RowLimit = { ...FEW_ROWS, rows: 1 };

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
  private readonly rows: CollectionRows<Row>;

  constructor(
    private readonly type: StoredType,
    table: Table<Row>,
    private readonly kept: KeptCounts,
  ) {
    this.rows = new CollectionRows(type, table);
    this.listed = [...type.properties.map(({ name }) => name), REVISION];
    this.selected = this.listed.map((property) => this.rows.column(property)).join(', ');
  }

  /** A row of a page that is sorted by what it shows. */
  private readonly toListedRow = (values: readonly unknown[]): ListedRow => {
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

  count(collectionId: number, criteria: Criteria): Query<number> {
    const { filter, patterns } = criteria;
    const isKept = isDecidedBy(this.kept.name, criteria);
    const isQuick = isKept && (filter === undefined || isSimple(filter));
    const from = isKept
      ? `SELECT COALESCE(sum("count"), 0) FROM ${this.kept.counts}`
      : `SELECT count(*) FROM ${this.rows.name}`;
    const toStatements = (dialect: SqlDialect): Statement[] => [
      this.rows.toStatement(dialect, (statement) => {
        return `${from} WHERE ${this.rows.where(statement, collectionId, criteria, isQuick)}`;
      }),
    ];
    return {
      toStatements,
      toRow: ([count]) => Number(count),
      limit: FEW_ROWS,
      isQuick,
      patterns,
      toJudging: () => ({
        table: isKept ? this.kept.counts : this.rows.name,
        toSources: isKept
          ? toCountSources(this.rows, collectionId, this.kept)
          : toRowSources(this.rows, collectionId, criteria, []),
        toStatements,
        parts: 'numbers',
        skip: 0,
      }),
    };
  }

  /**
   * What the database keeps counted, and the greatest value of a property, which an index ends
   * with.
   */
  overview(collectionId: number, latestBy: string): Query<KeptCount> {
    const toStatements = (dialect: SqlDialect): Statement[] => [
      this.rows.toStatement(dialect, (statement) => {
        return this.toOverview(statement, collectionId, latestBy);
      }),
    ];
    return {
      toStatements,
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

  private toOverview(statement: SqlStatement, collectionId: number, latestBy: string): string {
    const { name, counts } = this.kept;
    const latest =
      `SELECT ${this.rows.column(latestBy)} FROM ${this.rows.name} ` +
      `WHERE ${this.rows.where(statement, collectionId)} ` +
      `ORDER BY ${this.rows.column(comparableOf(this.type, latestBy))} DESC, ` +
      `${this.rows.column('id')} DESC LIMIT 1`;
    return (
      `SELECT ${this.rows.column(name)}, sum("count"), (${latest}) FROM ${counts} ` +
      `WHERE ${this.rows.where(statement, collectionId)} ` +
      `GROUP BY ${this.rows.column(name)} HAVING sum("count") > 0`
    );
  }

  /** The rows of a page that skips none, in its order. */
  page(collectionId: number, query: PageQuery): Query<PlacedRow> {
    const { limit, patterns, orderBy } = query;
    const isQuick = isQuickPage(query, this.rows);
    const isListed = orderBy.every((item) => listedBy(item, this.type) !== undefined);
    const toStatements = (dialect: SqlDialect): Statement[] =>
      this.toPage(dialect, collectionId, query, isQuick);
    return {
      toStatements,
      toRow: isListed ? this.toListedRow : this.toPlacedRow,
      limit,
      isQuick,
      patterns,
      toJudging: () => ({
        table: this.rows.name,
        toSources: toPageSources(this.rows, collectionId, query),
        toStatements,
        parts: 'rows',
        skip: 0,
      }),
    };
  }

  /**
   * The place of the last entity that is skipped. An index alone tells it where one has the order;
   * the entities are not read.
   */
  position(collectionId: number, query: PageQuery): Query<Scalar[]> {
    const { skip } = query;
    const isQuick = isQuickPage(query, this.rows);
    const only = { rows: 1, after: skip - 1 };
    const all = { rows: skip, after: 0 };
    return {
      toStatements: (dialect) => [this.toPosition(dialect, collectionId, query, isQuick, only)],
      toRow: (values) => [...values] as Scalar[],
      limit: ONE_ROW,
      isQuick,
      patterns: query.patterns,
      toJudging: () => ({
        table: this.rows.name,
        toSources: toPageSources(this.rows, collectionId, query),
        toStatements: (dialect) => [this.toPosition(dialect, collectionId, query, isQuick, all)],
        parts: 'rows',
        skip: skip - 1,
      }),
    };
  }

  /**
   * The statements whose rows, one after the other, are the entities behind the position. Each is
   * one range of an index, however deep the page lies.
   */
  private toPage(
    dialect: SqlDialect,
    collectionId: number,
    query: PageQuery,
    isQuick: boolean,
  ): Statement[] {
    const { orderBy, after, limit } = query;
    const unlisted = orderBy.filter((item) => listedBy(item, this.type) === undefined);
    const write = (statement: SqlStatement, stretch: Stretch): string => {
      const places = unlisted.map((item) => toPlace(statement, item));
      const selected = [this.selected, ...places].join(', ');
      const rows = this.select(statement, collectionId, query, isQuick, stretch);
      // One row more than the page holds tells whether there is another page.
      return `SELECT ${selected} FROM ${rows} LIMIT ${statement.bind(BigInt(limit.rows + 1))}`;
    };
    const stretches = toStretches(orderBy, after, dialect);
    if (!dialect.joinsStretches) {
      return stretches.map((stretch) =>
        this.rows.toStatement(dialect, (statement) => write(statement, stretch)),
      );
    }
    return [
      this.rows.toStatement(dialect, (statement) => {
        const texts = stretches.map((stretch) => write(statement, stretch));
        if (texts.length === 1) return texts[0]!;
        return `${toUnion(texts)} LIMIT ${statement.bind(BigInt(limit.rows + 1))}`;
      }),
    ];
  }

  private toPosition(
    dialect: SqlDialect,
    collectionId: number,
    query: PageQuery,
    isQuick: boolean,
    { rows: count, after }: { rows: number; after: number },
  ): Statement {
    const { orderBy, skip } = query;
    const stretches = toStretches(orderBy, undefined, dialect);
    return this.rows.toStatement(dialect, (statement) => {
      const texts = stretches.map((stretch) => {
        const places = orderBy.map((item) => toPlace(statement, item)).join(', ');
        const rows = this.select(statement, collectionId, query, isQuick, stretch);
        return `SELECT ${places} FROM ${rows}`;
      });
      const [text, ...others] = texts as [string, ...string[]];
      const all =
        others.length === 0
          ? text
          : toUnion(texts.map((each) => `${each} LIMIT ${statement.bind(BigInt(skip))}`));
      const length = statement.bind(BigInt(count));
      return `${all} LIMIT ${length} OFFSET ${statement.bind(BigInt(after))}`;
    });
  }

  private select(
    statement: SqlStatement,
    collectionId: number,
    query: PageQuery,
    isQuick: boolean,
    { toConditions, nulls }: Stretch,
  ): string {
    const criteria = this.rows.where(statement, collectionId, query, isQuick);
    const where = [criteria, ...toConditions(statement)].join(' AND ');
    return `${this.rows.name} WHERE ${where} ORDER BY ${toOrder(statement, query.orderBy, nulls)}`;
  }
}

/** The rows of several statements, one after the other; no more of them are run than are needed. */
function toUnion(texts: readonly string[]): string {
  return texts.map((text) => `(${text})`).join(' UNION ALL ');
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

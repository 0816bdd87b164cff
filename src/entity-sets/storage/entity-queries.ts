/** A parsed query on a collection → SQL. */
import { FEW_ROWS, type Query, type RowLimit, type Statement } from '../../database/query.js';
import type { StoredRow, Table } from '../../database/table.js';
import { isSimple } from '../../odata/expressions/expression-cost.js';
import {
  isNullable,
  namesOnly,
  type Expression,
  type Scalar,
} from '../../odata/expressions/expression.js';
import { SqlStatement, type ColumnNames } from '../../odata/sql/expression-to-sql.js';
import { findProperty } from '../../odata/edm.js';
import { isIndexRange } from '../../odata/sql/index-range.js';
import type { OrderItem } from '../../odata/expressions/order-by.js';
import type { Pattern } from '../../odata/expressions/patterns.js';
import type { SearchExpression } from '../../odata/expressions/search-parser.js';
import type { SqlDialect, SqlType } from '../../odata/sql/sql-dialect.js';
import type { StoredType } from '../entity-set.js';
import { toColumns } from './entity-columns.js';

/** Which entities of a collection count. */
export interface Criteria {
  filter: Expression | undefined;
  search: SearchExpression | undefined;
  /** The patterns in the filter, and in the order of a page. */
  patterns: readonly Pattern[];
}

const NO_CRITERIA: Criteria = { filter: undefined, search: undefined, patterns: [] };

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

/** A property by whose values the database keeps counts, and where. */
export interface KeptCounts {
  name: string;
  /** The table of the counts, quoted. What both tables have is called the same in both. */
  counts: string;
}

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
  private readonly columns: ReadonlyMap<string, ColumnNames>;

  constructor(
    private readonly type: StoredType,
    private readonly table: Table<Row>,
    private readonly kept: KeptCounts,
    private readonly dialect: SqlDialect,
  ) {
    this.columns = toColumns(type, table);
    this.listed = [...type.properties.map(({ name }) => name), REVISION];
    this.selected = this.listed.map((property) => this.column(property)).join(', ');
    this.findText =
      `SELECT ${this.selected} FROM ${table.name} ` +
      `WHERE ${this.column('collectionId')} = ${dialect.placeholder(1, 'integer')} ` +
      `AND ${this.column('id')} = ${dialect.placeholder(2, 'text')}`;
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
    const statement = this.begin();
    const isKept = isDecidedBy(this.kept.name, criteria);
    const isQuick = isKept && (filter === undefined || isSimple(filter));
    const where = this.where(statement, collectionId, criteria, isQuick);
    const text = isKept
      ? `SELECT COALESCE(sum("count"), 0) FROM ${this.kept.counts} WHERE ${where}`
      : `SELECT count(*) FROM ${this.table.name} WHERE ${where}`;
    const toRow = ([count]: readonly unknown[]): number => Number(count);
    return { statements: [finish(statement, text)], toRow, limit: FEW_ROWS, isQuick, patterns };
  }

  /**
   * What the database keeps counted, and the greatest value of a property, which an index ends
   * with.
   */
  overview(collectionId: number, latestBy: string): Query<KeptCount> {
    const statement = this.begin();
    const { name, counts } = this.kept;
    const latest =
      `SELECT ${this.column(latestBy)} FROM ${this.table.name} ` +
      `WHERE ${this.where(statement, collectionId)} ` +
      `ORDER BY ${this.column(comparableOf(this.type, latestBy))} DESC, ` +
      `${this.column('id')} DESC LIMIT 1`;
    const text =
      `SELECT ${this.column(name)}, sum("count"), (${latest}) FROM ${counts} ` +
      `WHERE ${this.where(statement, collectionId)} ` +
      `GROUP BY ${this.column(name)} HAVING sum("count") > 0`;
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
    const isQuick = this.isQuickPage(query);
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
   * The statements whose rows, one after the other, are the entities behind the position: first
   * those that share all but the last of its values, then those that share all but the last two,
   * and so on. Each is one range of an index, however deep the page lies.
   */
  private stretches(collectionId: number, query: PageQuery, isQuick: boolean): Statement[] {
    const { after, orderBy } = query;
    if (after === undefined) return [this.stretch(collectionId, query, isQuick, () => [])];
    return orderBy
      .map((_, i) => i)
      .reverse()
      .flatMap((last) =>
        toSteps(orderBy[last]!, after[last]!).map((step) =>
          this.stretch(collectionId, query, isQuick, (statement) => [
            ...orderBy
              .slice(0, last)
              .map((item, i) => equals(statement, this.order(statement, item), item, after[i]!)),
            step(statement, this.order(statement, orderBy[last]!)),
          ]),
        ),
      );
  }

  /**
   * The place of the last entity that is skipped. An index alone tells it where one has the order;
   * the entities are not read.
   */
  position(collectionId: number, query: PageQuery): Query<Scalar[]> {
    const { patterns } = query;
    const isQuick = this.isQuickPage(query);
    const statement = this.begin();
    const places = query.orderBy.map((item) => this.order(statement, item)).join(', ');
    const rows = this.rows(statement, collectionId, query, isQuick, () => []);
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
    toPlace: (statement: SqlStatement) => string[],
  ): Statement {
    const statement = this.begin();
    const unlisted = query.orderBy.filter((item) => listedBy(item, this.type) === undefined);
    const places = unlisted.map((item) => this.order(statement, item));
    const selected = [this.selected, ...places].join(', ');
    const rows = this.rows(statement, collectionId, query, isQuick, toPlace);
    // One row more than the page holds tells whether there is another page.
    const limit = statement.bind(BigInt(query.limit.rows + 1));
    return finish(statement, `SELECT ${selected} FROM ${rows} LIMIT ${limit}`);
  }

  private rows(
    statement: SqlStatement,
    collectionId: number,
    query: PageQuery,
    isQuick: boolean,
    toPlace: (statement: SqlStatement) => string[],
  ): string {
    // Parameters are bound in the order of the text.
    const criteria = this.where(statement, collectionId, query, isQuick);
    const where = [criteria, ...toPlace(statement)].join(' AND ');
    // By the expression and not by its name in the result, or an index would not be seen to fit.
    const order = query.orderBy
      .map((item) => this.dialect.order(this.order(statement, item), item.isDescending))
      .join(', ');
    return `${this.table.name} WHERE ${where} ORDER BY ${order}`;
  }

  private where(
    statement: SqlStatement,
    collectionId: number,
    { filter, search }: Criteria = NO_CRITERIA,
    isQuick = true,
  ): string {
    const conditions = [`${this.column('collectionId')} = ${statement.bind(BigInt(collectionId))}`];
    const { deadlineCheck } = this.dialect;
    if (deadlineCheck !== undefined && !isQuick) conditions.push(deadlineCheck);
    if (filter !== undefined) conditions.push(statement.condition(filter));
    if (search !== undefined) conditions.push(statement.search(search, this.searchable));
    return conditions.join(' AND ');
  }

  /**
   * Numbers that were computed are sorted as doubles: what a token can hold is what is compared.
   */
  private order(statement: SqlStatement, { expression }: OrderItem): string {
    const sql = statement.comparable(expression);
    const isComputed = expression.kind !== 'property';
    const isNumber = expression.type === 'integer' || expression.type === 'decimal';
    return isComputed && isNumber ? this.dialect.toDecimal(sql) : sql;
  }

  private get searchable(): string[] {
    return this.type.properties
      .filter(({ isSearchable }) => isSearchable)
      .map(({ comparable }) => this.column(comparable));
  }

  private begin(): SqlStatement {
    return new SqlStatement(this.dialect, (name) => this.columns.get(name)!);
  }

  /** Whether an index leads to the rows of the page, and to no others. */
  private isQuickPage({ filter, search, orderBy, skip }: PageQuery): boolean {
    const { type, table } = this;
    const isIndexed = (name: string): boolean =>
      table.indexed.has(comparableOf(type, name) as keyof Row);
    return (
      search === undefined &&
      skip <= MAX_QUICK_SKIP &&
      isIndexRange(filter, orderBy, type.key, isIndexed)
    );
  }

  private column(property: string): string {
    return this.table.columns.get(property as keyof Row)!;
  }
}

/** Whether entities that are alike in one property all meet the criteria or all do not. */
function isDecidedBy(name: string, { filter, search }: Criteria): boolean {
  return search === undefined && (filter === undefined || namesOnly(filter, name));
}

type Step = (statement: SqlStatement, sql: string) => string;

/** The ranges that lie behind a value, nearest first. Null is lower than every value. */
function toSteps(item: OrderItem, value: Scalar): Step[] {
  const { expression, isDescending } = item;
  if (value === null) return isDescending ? [] : [(_, sql) => `${sql} IS NOT NULL`];
  const type = sqlTypeOf(item);
  if (!isDescending) return [(statement, sql) => `${sql} > ${statement.bind(value, type)}`];
  const lower: Step = (statement, sql) => `${sql} < ${statement.bind(value, type)}`;
  return isNullable(expression) ? [lower, (_, sql) => `${sql} IS NULL`] : [lower];
}

function equals(statement: SqlStatement, sql: string, item: OrderItem, value: Scalar): string {
  return value === null ? `${sql} IS NULL` : `${sql} = ${statement.bind(value, sqlTypeOf(item))}`;
}

/** What the values of an order's item are to SQL, however a page token has them. */
function sqlTypeOf({ expression }: OrderItem): SqlType {
  const { kind, type } = expression;
  if (type === 'boolean') return 'boolean';
  const isNumber = typeof type === 'object' || type === 'integer' || type === 'decimal';
  if (!isNumber) return 'text';
  return kind === 'property' ? 'integer' : 'double';
}

function finish(statement: SqlStatement, text: string): Statement {
  return { text, parameters: statement.parameters };
}

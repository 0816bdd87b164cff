/** A parsed query on a collection → SQL. One statement for each stretch of the order that the page can reach into. */
import { FEW_ROWS, type Query, type RowLimit, type Statement } from '../database/query.js';
import { isSimple } from '../odata/expression-cost.js';
import { isNullable, namesOnly, type Expression, type Scalar } from '../odata/expression.js';
import { SqlStatement, type ColumnNames } from '../odata/expression-to-sql.js';
import { findProperty } from '../odata/edm.js';
import { isIndexRange } from '../odata/index-range.js';
import type { OrderItem } from '../odata/order-by.js';
import type { Pattern } from '../odata/patterns.js';
import type { SearchExpression } from '../odata/search-parser.js';
import type { SqlDialect } from '../odata/sql-dialect.js';
import type { UserStatus } from './user-status.entity.js';
import { USER_STATUS } from './user-status.fields.js';

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

/** One page of a collection: `limit` entities in this order, behind a position or behind the first `skip`. */
export interface PageQuery extends Criteria {
  orderBy: readonly OrderItem[];
  after: readonly Scalar[] | undefined;
  skip: number;
  limit: RowLimit;
}

/** How many user statuses of a collection have one status, and when the last of them all, whatever their status, was reported. */
export interface StatusCount {
  status: number;
  count: number;
  latest: string;
}

/** A row of a page, and its place in the order: the values of the order's items, where they are not in the row anyway. */
export type PlacedRow = ListedRow & Record<`order${number}`, Scalar>;

/** What a page shows of a row. Which collection it is of, the caller knows. */
export type ListedRow = Omit<UserStatus, (typeof UNLISTED)[number]>;

const UNLISTED = ['collectionId', 'lastReportedInstant'] as const;

/** What a page reads of each row, in the order that `toListedRow` relies on. */
const LISTED = [
  'id',
  'devicesCount',
  'lastReportedDateTime',
  'status',
  'userDisplayName',
  'userPrincipalName',
  'revision',
] as const satisfies readonly (keyof ListedRow)[];

/** A row of the values that `find` reads, or a page that is sorted by what it shows. */
export function toListedRow(values: readonly unknown[]): ListedRow {
  return {
    id: values[0] as string,
    devicesCount: values[1] as number,
    lastReportedDateTime: values[2] as string,
    status: values[3] as number,
    userDisplayName: values[4] as string | null,
    userPrincipalName: values[5] as string | null,
    revision: values[6] as number,
  };
}

export function placeOf(row: PlacedRow, orderBy: readonly OrderItem[]): Scalar[] {
  return orderBy.map((item, i) => row[placeName(item, i) as keyof PlacedRow]!);
}

/** Under which name the value of an order's item stands in a row. */
function placeName({ expression }: OrderItem, at: number): string {
  const own = expression.kind === 'property' ? comparableOf(expression.property.name) : undefined;
  return own === undefined || isUnlisted(own) ? `order${String(at)}` : own;
}

function isUnlisted(property: keyof UserStatus): boolean {
  return (UNLISTED as readonly string[]).includes(property);
}

function comparableOf(name: string): keyof UserStatus {
  return findProperty(USER_STATUS, name)!.comparable;
}

/** The table's columns, quoted, by the row's properties. They come from the entity's metadata. */
export interface Table {
  name: string;
  columns: ReadonlyMap<keyof UserStatus, string>;
}

/** Where the database counts the rows of each collection by status. What both tables have is called the same in both. */
const COUNTS = '"user_status_count"';

export class UserStatusQueries {
  /** What finds the row of a collection with a key: the parameters are these two. */
  readonly find: string;
  private readonly selected: string;

  constructor(
    private readonly table: Table,
    private readonly dialect: SqlDialect,
  ) {
    this.selected = LISTED.map((property) => `${this.column(property)} AS "${property}"`).join(
      ', ',
    );
    const isKey = `${this.column('collectionId')} = ? AND ${this.column('id')} = ?`;
    this.find = `SELECT ${this.selected} FROM ${table.name} WHERE ${isKey}`;
  }

  count(collectionId: number, criteria: Criteria): Query<{ count: number }> {
    const { filter, patterns } = criteria;
    const statement = this.begin();
    const isKept = isDecidedByStatus(criteria);
    const isQuick = isKept && (filter === undefined || isSimple(filter));
    const where = this.where(statement, collectionId, criteria, isQuick);
    const text = isKept
      ? `SELECT COALESCE(sum("count"), 0) AS "count" FROM ${COUNTS} WHERE ${where}`
      : `SELECT count(*) AS "count" FROM ${this.table.name} WHERE ${where}`;
    return { statements: [finish(statement, text)], limit: FEW_ROWS, isQuick, patterns };
  }

  /** The counts of each status, and the latest report of all, which an index ends with. */
  overview(collectionId: number): Query<StatusCount> {
    const statement = this.begin();
    const { name } = this.table;
    const latest =
      `SELECT ${this.column('lastReportedDateTime')} FROM ${name} ` +
      `WHERE ${this.where(statement, collectionId)} ` +
      `ORDER BY ${this.column('lastReportedInstant')} DESC, ${this.column('id')} DESC LIMIT 1`;
    const text =
      `SELECT ${this.column('status')} AS "status", "count", (${latest}) AS "latest" ` +
      `FROM ${COUNTS} WHERE ${this.where(statement, collectionId)} AND "count" > 0`;
    return {
      statements: [finish(statement, text)],
      limit: FEW_ROWS,
      isQuick: true,
      patterns: [],
    };
  }

  /** The rows of a page that skips none, in its order. */
  page(collectionId: number, query: PageQuery): Query<PlacedRow> {
    const { limit, patterns, orderBy } = query;
    const isQuick = isQuickPage(query);
    const isWhole = orderBy.every((item, i) => !placeName(item, i).startsWith('order'));
    return {
      statements: this.stretches(collectionId, query, isQuick),
      ...(isWhole ? { toRow: toListedRow } : {}),
      limit,
      isQuick,
      patterns,
    };
  }

  /**
   * The statements whose rows, one after the other, are the entities behind the position: first those that share all but the last of its
   * values, then those that share all but the last two, and so on. Each is one range of an index, however deep the page lies.
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
              .map((item, i) => equals(statement, this.order(statement, item), after[i]!)),
            step(statement, this.order(statement, orderBy[last]!)),
          ]),
        ),
      );
  }

  /** The place of the last entity that is skipped. An index alone tells it where one has the order; the entities are not read. */
  position(collectionId: number, query: PageQuery): Query<PlacedRow> {
    const { patterns } = query;
    const isQuick = isQuickPage(query);
    const statement = this.begin();
    const places = this.places(statement, query).join(', ');
    const rows = this.rows(statement, collectionId, query, isQuick, () => []);
    const offset = statement.bind(BigInt(query.skip - 1));
    return {
      statements: [finish(statement, `SELECT ${places} FROM ${rows} LIMIT 1 OFFSET ${offset}`)],
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
    const isMissing = (item: OrderItem, i: number) => placeName(item, i).startsWith('order');
    const places = this.places(statement, query, isMissing);
    const selected = [this.selected, ...places].join(', ');
    const rows = this.rows(statement, collectionId, query, isQuick, toPlace);
    // One row more than the page holds tells whether there is another page.
    const limit = statement.bind(BigInt(query.limit.rows + 1));
    return finish(statement, `SELECT ${selected} FROM ${rows} LIMIT ${limit}`);
  }

  private places(
    statement: SqlStatement,
    { orderBy }: Pick<PageQuery, 'orderBy'>,
    isSelected: (item: OrderItem, i: number) => boolean = () => true,
  ): string[] {
    return orderBy.flatMap((item, i) =>
      isSelected(item, i) ? [`${this.order(statement, item)} AS "${placeName(item, i)}"`] : [],
    );
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
    const { watch } = this.dialect;
    if (watch !== undefined && !isQuick) conditions.push(watch);
    if (filter !== undefined) conditions.push(statement.condition(filter));
    if (search !== undefined) conditions.push(statement.search(search, this.searchable));
    return conditions.join(' AND ');
  }

  /** Numbers that were computed are sorted as doubles: what a token can hold is what is compared. */
  private order(statement: SqlStatement, { expression }: OrderItem): string {
    const sql = statement.comparable(expression);
    const isComputed = expression.kind !== 'property';
    const isNumber = expression.type === 'integer' || expression.type === 'decimal';
    return isComputed && isNumber ? this.dialect.toDecimal(sql) : sql;
  }

  private get searchable(): string[] {
    return USER_STATUS.properties
      .filter(({ isSearchable }) => isSearchable)
      .map(({ comparable }) => this.column(comparable));
  }

  private begin(): SqlStatement {
    return new SqlStatement(this.dialect, (name) => this.columnsOf(name));
  }

  private columnsOf(name: string): ColumnNames {
    return {
      value: this.column(name as keyof UserStatus),
      comparable: this.column(comparableOf(name)),
    };
  }

  private column(property: keyof UserStatus): string {
    return this.table.columns.get(property)!;
  }
}

/** Whether entities of one status all meet the criteria or all do not. */
function isDecidedByStatus({ filter, search }: Criteria): boolean {
  return search === undefined && (filter === undefined || namesOnly(filter, 'status'));
}

/** Whether an index leads to the rows of the page, and to no others. */
function isQuickPage({ filter, search, orderBy, skip }: PageQuery): boolean {
  return (
    search === undefined && skip <= MAX_QUICK_SKIP && isIndexRange(filter, orderBy, USER_STATUS.key)
  );
}

type Step = (statement: SqlStatement, sql: string) => string;

/** The ranges that lie behind a value, nearest first. Null is lower than every value. */
function toSteps({ expression, isDescending }: OrderItem, value: Scalar): Step[] {
  if (value === null) return isDescending ? [] : [(_, sql) => `${sql} IS NOT NULL`];
  if (!isDescending) return [(statement, sql) => `${sql} > ${statement.bind(value)}`];
  const lower: Step = (statement, sql) => `${sql} < ${statement.bind(value)}`;
  return isNullable(expression) ? [lower, (_, sql) => `${sql} IS NULL`] : [lower];
}

function equals(statement: SqlStatement, sql: string, value: Scalar): string {
  return value === null ? `${sql} IS NULL` : `${sql} = ${statement.bind(value)}`;
}

function finish(statement: SqlStatement, text: string): Statement {
  return { text, parameters: statement.parameters };
}

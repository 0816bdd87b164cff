/** What the queries of an entity set have in common. */
import type { RowLimit, Statement } from '../../database/query.js';
import type { StoredRow, Table } from '../../database/table.js';
import { findProperty } from '../../odata/edm.js';
import {
  namesIn,
  namesOnly,
  type Expression,
  type Scalar,
} from '../../odata/expressions/expression.js';
import type { OrderItem } from '../../odata/expressions/order-by.js';
import type { Pattern } from '../../odata/expressions/patterns.js';
import type { SearchExpression } from '../../odata/expressions/search-parser.js';
import { SqlStatement, type ColumnNames } from '../../odata/sql/expression-to-sql.js';
import type { SqlDialect } from '../../odata/sql/sql-dialect.js';
import type { StoredType } from '../entity-set.js';
import { toColumns } from './entity-columns.js';

/** Which entities of a collection count. */
export interface Criteria {
  filter: Expression | undefined;
  search: SearchExpression | undefined;
  /** The patterns in all filters, and in the order of a page. */
  patterns: readonly Pattern[];
}

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

const NO_CRITERIA: Criteria = { filter: undefined, search: undefined, patterns: [] };

/** A property by whose values the database keeps counts, and where. */
export interface KeptCounts {
  name: string;
  /** The table of the counts, quoted. */
  counts: string;
}

/** The rows of an entity set's collections, as SQL names them. */
export class CollectionRows<Row extends StoredRow> {
  /** Quoted. */
  readonly name: string;
  private readonly columns: ReadonlyMap<string, ColumnNames>;

  constructor(
    readonly type: StoredType,
    private readonly table: Table<Row>,
  ) {
    this.name = table.name;
    this.columns = toColumns(type, table);
  }

  /** A statement in the words of a dialect. Parameters are to be bound in the order of the text. */
  toStatement(dialect: SqlDialect, write: (statement: SqlStatement) => string): Statement {
    const statement = new SqlStatement(dialect, this.columnsOf);
    return { text: write(statement), parameters: statement.parameters };
  }

  readonly columnsOf = (name: string): ColumnNames => this.columns.get(name)!;

  /** Whether an index of a collection is in the order of the property. */
  isIndexed(name: string): boolean {
    return this.table.indexed.has(findProperty(this.type, name)!.comparable as keyof Row);
  }

  column(property: string): string {
    return this.table.columns.get(property as keyof Row)!;
  }

  /** The condition of those that count. What is not quick looks at the clock for every row. */
  where(
    statement: SqlStatement,
    collectionId: number,
    { filter, search } = NO_CRITERIA,
    isQuick = true,
  ): string {
    const conditions = [`${this.column('collectionId')} = ${statement.bind(BigInt(collectionId))}`];
    const { deadlineCheck } = statement.dialect;
    if (deadlineCheck !== undefined && !isQuick) conditions.push(deadlineCheck);
    if (filter !== undefined) conditions.push(statement.condition(filter));
    if (search !== undefined) conditions.push(statement.search(search, this.searchable));
    return conditions.join(' AND ');
  }

  get allColumns(): string {
    return [...this.table.columns.values()].join(', ');
  }

  /** The names of the columns of properties, each once; the collection's before them. */
  columnsOfAll(names: readonly string[]): string {
    const columns = names
      .map(this.columnsOf)
      .flatMap(({ value, comparable }) => [value, comparable]);
    return [...new Set([this.column('collectionId'), ...columns])].join(', ');
  }

  /** The properties that criteria name. */
  namesIn({ filter, search }: Criteria): string[] {
    const searched = this.type.properties.filter(({ isSearchable }) => isSearchable);
    return [
      ...(filter === undefined ? [] : namesIn(filter)),
      ...(search === undefined ? [] : searched.map(({ name }) => name)),
    ];
  }

  /** A condition that all of those that count meet, as far as the dialect can say it. */
  wherePossible(
    statement: SqlStatement,
    collectionId: number,
    { filter, search }: Criteria,
  ): string {
    const ofCollection = this.where(statement, collectionId);
    const conditions = conjunctsOf(filter).map((conjunct) =>
      this.possible(statement, this.namesIn({ ...NO_CRITERIA, filter: conjunct }), (within) =>
        within.condition(conjunct),
      ),
    );
    if (search !== undefined) {
      conditions.push(
        this.possible(statement, this.namesIn({ ...NO_CRITERIA, search }), (within) =>
          within.search(search, this.searchable),
        ),
      );
    }
    const possible = conditions.filter((condition) => condition !== undefined);
    return [ofCollection, ...possible].join(' AND ');
  }

  /** Where the dialect can say a condition of ASCII texts alone, other texts meet it, too. */
  private possible(
    statement: SqlStatement,
    names: readonly string[],
    write: (statement: SqlStatement) => string,
  ): string | undefined {
    const exact = statement.attempt(() => write(statement));
    const { forAscii } = statement.dialect;
    if (exact !== undefined || forAscii === undefined) return exact;
    const ofAscii = statement.attempt(() => write(statement.in(forAscii.dialect)));
    if (ofAscii === undefined) return undefined;
    const others = [...new Set(names)]
      .filter((name) => findProperty(this.type, name)!.type === 'string')
      .map((name) => forAscii.isOther(this.columnsOf(name).value));
    return `(${[...others, ofAscii].join(' OR ')})`;
  }

  private get searchable(): string[] {
    return this.type.properties
      .filter(({ isSearchable }) => isSearchable)
      .map(({ comparable }) => this.column(comparable));
  }
}

/** Conditions that are all true where the filter is. */
function conjunctsOf(filter: Expression | undefined): readonly Expression[] {
  if (filter === undefined) return [];
  const isAnd = filter.kind === 'logical' && filter.operator === 'and';
  return isAnd ? filter.operands.flatMap(conjunctsOf) : [filter];
}

/** Whether entities that are alike in one property all meet the criteria or all do not. */
export function isDecidedBy(name: string, { filter, search }: Criteria): boolean {
  return search === undefined && (filter === undefined || namesOnly(filter, name));
}

/** What the queries of an entity set have in common. */
import type { Statement } from '../../database/query.js';
import type { StoredRow, Table } from '../../database/table.js';
import { findProperty } from '../../odata/edm.js';
import { namesOnly, type Expression } from '../../odata/expressions/expression.js';
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

const NO_CRITERIA: Criteria = { filter: undefined, search: undefined, patterns: [] };

/** A property by whose values the database keeps counts, and where. */
export interface KeptCounts {
  name: string;
  /** The table of the counts, quoted. What both tables have is called the same in both. */
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
    readonly dialect: SqlDialect,
  ) {
    this.name = table.name;
    this.columns = toColumns(type, table);
  }

  begin(): SqlStatement {
    return new SqlStatement(this.dialect, this.columnsOf);
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
    const { deadlineCheck } = this.dialect;
    if (deadlineCheck !== undefined && !isQuick) conditions.push(deadlineCheck);
    if (filter !== undefined) conditions.push(statement.condition(filter));
    if (search !== undefined) conditions.push(statement.search(search, this.searchable));
    return conditions.join(' AND ');
  }

  private get searchable(): string[] {
    return this.type.properties
      .filter(({ isSearchable }) => isSearchable)
      .map(({ comparable }) => this.column(comparable));
  }
}

/** Whether entities that are alike in one property all meet the criteria or all do not. */
export function isDecidedBy(name: string, { filter, search }: Criteria): boolean {
  return search === undefined && (filter === undefined || namesOnly(filter, name));
}

export function finish({ parameters }: SqlStatement, text: string): Statement {
  return { text, parameters };
}

import type { DataSource, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

import { PAGE_SIZE, type NumberedCollection, type RowSource } from './data-set.js';
import type { Statement } from './query.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from './table.js';
import type { Member } from './write.js';

/** The rows that a statement finds, their values in the order of its columns. */
export type Run = (statement: Statement) => Promise<readonly (readonly unknown[])[]>;

/** A table that is read page by page, in words that every engine knows. */
export class PagedTable implements RowSource {
  private readonly members: readonly ColumnMetadata[];
  private readonly names: readonly ColumnMetadata[];
  private readonly collectionsTable: string;
  private readonly collectionNumber: string;

  constructor(
    private readonly dataSource: DataSource,
    { entity, collections }: TableDefinition<StoredRow>,
    readonly table: Table<StoredRow>,
    private readonly run: Run,
  ) {
    const rows = dataSource.getMetadata(entity);
    const parents = dataSource.getMetadata(collections);
    this.members = rows.columns.filter(({ propertyName }) => propertyName !== 'collectionId');
    this.names = parents.columns.filter(({ isPrimary }) => !isPrimary);
    this.collectionsTable = this.quote(parents.tablePath);
    this.collectionNumber = this.quote(parents.primaryColumns[0]!.databaseName);
  }

  async isEmpty(): Promise<boolean> {
    const text = `SELECT 1 FROM ${this.table.name} LIMIT 1`;
    return (await this.run({ text, parameters: [] })).length === 0;
  }

  async count(): Promise<number> {
    const text = `SELECT COALESCE(SUM("count"), 0) FROM ${this.table.counts}`;
    return toInteger((await this.run({ text, parameters: [] }))[0]![0]);
  }

  async collections(after: CollectionName | undefined): Promise<readonly NumberedCollection[]> {
    const columns = this.list(this.names);
    const parameters = after === undefined ? [] : Object.values(after);
    const found = await this.run({
      text: toPage(
        `SELECT ${this.collectionNumber}, ${columns} FROM ${this.collectionsTable}`,
        after === undefined ? [] : [`(${columns}) > (${this.parameters(parameters.length)})`],
        columns,
      ),
      parameters,
    });
    return found.map(([number, ...name]) => ({
      number: toInteger(number),
      name: toObject(this.names, name),
    }));
  }

  async rows(number: number, after: string | undefined): Promise<readonly Member<StoredRow>[]> {
    const [collection, id] = [this.column('collectionId'), this.column('id')];
    const found = await this.run({
      text: toPage(
        `SELECT ${this.list(this.members)} FROM ${this.table.name}`,
        [
          `${collection} = ${this.parameter(0)}`,
          ...(after === undefined ? [] : [`${id} > ${this.parameter(1)}`]),
        ],
        id,
      ),
      parameters: after === undefined ? [number] : [number, after],
    });
    return found.map((values) => toObject(this.members, values) as Member<StoredRow>);
  }

  private column(property: keyof StoredRow): string {
    return this.table.columns.get(property)!;
  }

  private list(columns: readonly ColumnMetadata[]): string {
    return columns.map(({ databaseName }) => this.quote(databaseName)).join(', ');
  }

  private parameters(count: number): string {
    return Array.from({ length: count }, (_, i) => this.parameter(i)).join(', ');
  }

  private parameter(index: number): string {
    return this.dataSource.driver.createParameter('', index);
  }

  private quote(name: string): string {
    return this.dataSource.driver.escape(name);
  }
}

function toPage(select: string, conditions: readonly string[], order: string): string {
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `${select}${where} ORDER BY ${order} LIMIT ${String(PAGE_SIZE)}`;
}

function toObject(columns: readonly ColumnMetadata[], values: readonly unknown[]): ObjectLiteral {
  const object: ObjectLiteral = {};
  for (let i = 0; i < columns.length; i += 1) {
    const { propertyName, type } = columns[i]!;
    const value = values[i];
    const isInteger = (type === 'integer' || type === 'bigint') && value !== null;
    object[propertyName] = isInteger ? toInteger(value) : value;
  }
  return object;
}

/** Drivers give what may not fit a number as a text; what does not would not come out as it is. */
function toInteger(value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`the number ${String(value)} cannot be copied: it is no integer below 2^53`);
}

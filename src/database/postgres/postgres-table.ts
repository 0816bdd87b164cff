import type { DataSource, EntityMetadata } from 'typeorm';

import type { Mutation } from '../mutation.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from '../table.js';
import type { Member } from '../write.js';
import { toArrayLiteral, type Value } from './array-literal.js';
import { CollectionNumbers } from './collection-numbers.js';
import { toDatabaseError } from './driver-errors.js';
import type { NamedStatement } from './named-statement.js';
import {
  changeableOf,
  toRowStatements,
  type Column,
  type RowShape,
  type RowStatements,
} from './row-statements.js';

type ColumnMetadata = EntityMetadata['columns'][number];

/** Stands for a collection that has no number. */
const NO_NUMBER = 0;

/** A row by the number of its collection. */
export interface RowKey {
  collection: number;
  id: string;
}

/** A mutation, and the row that it is of. */
export interface Placed extends RowKey {
  table: PostgresTable;
  mutation: Mutation;
}

/** Finds the number of a collection, if it has one. */
interface NumberFinder {
  findNumber(numbers: CollectionNumbers, collection: CollectionName): Promise<number | undefined>;
}

/** A table, and the statements that read and write it, made from its entities' metadata. */
export class PostgresTable<Row extends StoredRow = StoredRow> implements Table<Row> {
  readonly name: string;
  readonly counts: string;
  readonly columns: ReadonlyMap<keyof Row, string>;
  readonly numbers: CollectionNumbers;
  readonly statements: Readonly<Record<keyof RowStatements, NamedStatement>>;
  private readonly members: readonly string[];
  private readonly changeable: readonly string[];

  constructor(
    dataSource: DataSource,
    { entity, collections, counts }: TableDefinition<Row>,
    private readonly finder: NumberFinder,
    readonly indexed: ReadonlySet<keyof Row>,
    /** The place among the tables of the database. */
    private readonly place: number,
  ) {
    const { driver } = dataSource;
    const quote = (name: string): string => driver.escape(name);
    const typeOf = (column: ColumnMetadata): string => driver.normalizeType(column);
    const rows = dataSource.getMetadata(entity);
    const columns = rows.columns.map((column): Column => ({
      property: column.propertyName,
      name: quote(column.databaseName),
      type: typeOf(column),
    }));
    const column = (property: string): Column =>
      columns.find((each) => each.property === property)!;
    const collection = column('collectionId');
    const shape: RowShape = {
      table: quote(rows.tablePath),
      counts: quote(counts.table),
      collection,
      key: column('id'),
      revision: column('revision'),
      counted: column(counts.by).name,
      members: columns.filter((each) => each !== collection),
    };
    this.name = shape.table;
    this.counts = shape.counts;
    this.columns = new Map(columns.map(({ property, name }) => [property as keyof Row, name]));
    this.numbers = new CollectionNumbers(dataSource.getMetadata(collections), quote, typeOf);
    this.members = shape.members.map(({ property }) => property);
    this.changeable = changeableOf(shape).map(({ property }) => property);
    const texts = toRowStatements(shape);
    const named = (kind: keyof typeof texts): NamedStatement => ({
      name: `${rows.tablePath} ${kind}`,
      text: texts[kind],
    });
    this.statements = {
      find: named('find'),
      lock: named('lock'),
      insert: named('insert'),
      update: named('update'),
      delete: named('delete'),
    };
  }

  async collectionId(collection: CollectionName): Promise<number> {
    try {
      return (await this.finder.findNumber(this.numbers, collection)) ?? NO_NUMBER;
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  keyOf(collection: CollectionName, id: string): string {
    return JSON.stringify([this.place, id, ...this.numbers.valuesOf(collection)]);
  }

  /** The parameters of `find` and `lock`. */
  toKeyColumns(keys: readonly RowKey[]): string[] {
    return [
      toArrayLiteral(keys.map(({ collection }) => collection)),
      toArrayLiteral(keys.map(({ id }) => id)),
    ];
  }

  /** Of the values that `find` returns behind the place. */
  toMember(values: readonly unknown[]): Member<Row> {
    const row: Record<string, unknown> = {};
    const { members } = this;
    for (let i = 0; i < members.length; i += 1) row[members[i]!] = values[i + 1];
    return row as unknown as Member<Row>;
  }

  /** The parameters of the statement of a kind; all mutations are of this one, and this table. */
  toParameters(placed: readonly Placed[], bucket: number): unknown[] {
    const { kind } = placed[0]!.mutation;
    const columns: (readonly Value[])[] = [placed.map(({ collection }) => collection)];
    if (kind !== 'insert') {
      columns.push(
        placed.map(({ id }) => id),
        placed.map(({ mutation }) => currentOf(mutation)!.revision),
      );
    }
    if (kind !== 'delete') {
      const rows = placed.map(({ mutation }) => rowOf(mutation)!);
      for (const property of kind === 'insert' ? this.members : this.changeable) {
        columns.push(rows.map((row) => Reflect.get(row, property) as Value));
      }
    }
    return [...columns.map(toArrayLiteral), bucket];
  }

  /** Whether a row is the very one that was to be stored. */
  isSame(row: Member<StoredRow>, other: Member<StoredRow>): boolean {
    return this.members.every(
      (property) => Reflect.get(row, property) === Reflect.get(other, property),
    );
  }
}

/** What is there when a mutation is made, if anything. */
export function rowOf(mutation: Mutation): Member<StoredRow> | undefined {
  return mutation.kind === 'delete' ? undefined : mutation.row;
}

/** What a mutation was decided on, if there was anything. */
function currentOf(mutation: Mutation): Member<StoredRow> | undefined {
  return mutation.kind === 'insert' ? undefined : mutation.current;
}

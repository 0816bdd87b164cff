import type { Database } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { DataSource, ObjectLiteral } from 'typeorm';

import type { Mutation } from '../mutation.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from '../table.js';
import type { Member } from '../write.js';
import type { BoundMutation, MutationKind, TableStatements } from './mutation.js';
import { findIndexed } from './sqlite-indexes.js';

/**
 * So many collections are known without the database being asked; the least recently used goes
 * first.
 */
const MAX_KNOWN_COLLECTIONS = 10_000;

/** Stands for a collection that has no number: those that are given begin with 1. */
const NO_NUMBER = 0;

/** A table, and the statements that write to it, made from its entities' metadata. */
export class SqliteTable<Row extends StoredRow = StoredRow> implements Table<Row> {
  readonly name: string;
  readonly counts: string;
  readonly columns: ReadonlyMap<keyof Row, string>;
  readonly indexed: ReadonlySet<keyof Row>;
  readonly statements: TableStatements;
  /**
   * In the order of the statements' parameters: all but the collection, and those of them that can
   * change.
   */
  private readonly properties: readonly string[];
  private readonly changeable: readonly string[];
  private readonly nameProperties: readonly string[];
  private readonly numbers = new LRUCache<string, number>({ max: MAX_KNOWN_COLLECTIONS });
  private readonly findCollection: (name: readonly unknown[]) => number | undefined;
  private readonly findValues: (number: number, id: string) => unknown[] | undefined;

  constructor(
    dataSource: DataSource,
    connection: Database,
    { entity, collections, counts }: TableDefinition<Row>,
    /** The place among the tables of the database. */
    private readonly place: number,
  ) {
    const rows = dataSource.getMetadata(entity);
    const parents = dataSource.getMetadata(collections);
    const quote = (name: string): string => dataSource.driver.escape(name);
    this.name = quote(rows.tablePath);
    this.counts = quote(counts.table);
    this.columns = new Map(
      rows.columns.map(({ propertyName, databaseName }) => [
        propertyName as keyof Row,
        quote(databaseName),
      ]),
    );
    this.indexed = findIndexed(connection, rows) as ReadonlySet<keyof Row>;
    const members = rows.columns.filter(({ propertyName }) => propertyName !== 'collectionId');
    this.properties = members.map(({ propertyName }) => propertyName);
    this.changeable = this.properties.filter((property) => property !== 'id');
    const names = parents.columns.filter(({ isPrimary }) => !isPrimary);
    this.nameProperties = names.map(({ propertyName }) => propertyName);

    this.statements = {
      ...this.toRowStatements(),
      ...toCollectionStatements(
        quote(parents.tablePath),
        quote(parents.primaryColumns[0]!.databaseName),
        names.map(({ databaseName }) => quote(databaseName)),
      ),
    };
    const collection = connection.prepare(this.statements.collection).pluck();
    this.findCollection = (name) => collection.get(...name) as number | undefined;
    const row = connection.prepare(this.toFind()).raw();
    this.findValues = (number, id) => row.get(id, number) as unknown[] | undefined;
  }

  collectionId(collection: CollectionName): Promise<number> {
    return Promise.resolve(this.findNumber(collection) ?? NO_NUMBER);
  }

  find(collection: CollectionName, id: string): Member<Row> | undefined {
    const number = this.findNumber(collection);
    const values = number === undefined ? undefined : this.findValues(number, id);
    if (values === undefined) return undefined;
    const row: Record<string, unknown> = {};
    for (let i = 0; i < values.length; i += 1) row[this.properties[i]!] = values[i];
    return row as unknown as Member<Row>;
  }

  bind(mutation: Mutation): BoundMutation {
    const { kind, collection } = mutation;
    const number = this.findNumber(collection) ?? this.nameOf(collection);
    return [this.place, kind, this.toParameters(mutation), number];
  }

  keyOf(collection: CollectionName, id: string): string {
    return JSON.stringify([this.place, id, ...this.nameOf(collection)]);
  }

  private toParameters(mutation: Mutation): unknown[] {
    if (mutation.kind === 'insert') return valuesOf(mutation.row, this.properties);
    const { id, revision } = mutation.current;
    const values = mutation.kind === 'update' ? valuesOf(mutation.row, this.changeable) : [];
    return [...values, id, revision];
  }

  private nameOf(collection: CollectionName): unknown[] {
    return valuesOf(collection, this.nameProperties);
  }

  /** A number is never taken back, so that every process may remember it. */
  private findNumber(collection: CollectionName): number | undefined {
    const name = this.nameOf(collection);
    const key = JSON.stringify(name);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const found = this.findCollection(name);
    if (found !== undefined) this.numbers.set(key, found);
    return found;
  }

  /**
   * OR FAIL: what a statement did before it failed need not be undone, because the transaction is.
   * Otherwise SQLite copies each page that a statement with triggers changes
   * (sqlite.org/lang_conflict.html). A key that is taken is found before anything is written.
   */
  private toRowStatements(): Pick<TableStatements, MutationKind> {
    const columns = [...this.properties, 'collectionId'].map((name) => this.column(name));
    const values = columns.map(() => '?').join(', ');
    const assignments = this.changeable.map((name) => `${this.column(name)} = ?`).join(', ');
    const isCurrent = ['id', 'revision', 'collectionId']
      .map((name) => `${this.column(name)} = ?`)
      .join(' AND ');
    return {
      insert: `INSERT OR FAIL INTO ${this.name} (${columns.join(', ')}) VALUES (${values})`,
      update: `UPDATE OR FAIL ${this.name} SET ${assignments} WHERE ${isCurrent}`,
      delete: `DELETE FROM ${this.name} WHERE ${isCurrent}`,
    };
  }

  private toFind(): string {
    const columns = this.properties.map((name) => this.column(name)).join(', ');
    const isKey = ['id', 'collectionId'].map((name) => `${this.column(name)} = ?`).join(' AND ');
    return `SELECT ${columns} FROM ${this.name} WHERE ${isKey}`;
  }

  private column(property: string): string {
    return this.columns.get(property as keyof Row)!;
  }
}

function toCollectionStatements(
  table: string,
  number: string,
  names: readonly string[],
): Pick<TableStatements, 'register' | 'collection'> {
  const values = names.map(() => '?').join(', ');
  const isNamed = names.map((name) => `${name} = ?`).join(' AND ');
  return {
    register:
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${values}) ON CONFLICT DO ` + 'NOTHING',
    collection: `SELECT ${number} FROM ${table} WHERE ${isNamed}`,
  };
}

function valuesOf(row: ObjectLiteral, properties: readonly string[]): unknown[] {
  return properties.map((property): unknown => row[property]);
}

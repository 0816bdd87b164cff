import type { EntityTarget, ObjectLiteral } from 'typeorm';

/**
 * What every row has: its collection's number, its key in there, and what changes with every write.
 */
export interface StoredRow {
  collectionId: number;
  id: string;
  revision: number;
}

/** The values that name a collection, by the properties of the entity of collections. */
export type CollectionName = Readonly<Record<string, string | number>>;

/** A table whose rows belong to collections. */
export interface TableDefinition<Row extends StoredRow> {
  entity: EntityTarget<Row>;
  /**
   * Names the collections; `collectionId` of a row is its key. The other columns are a collection's
   * name.
   */
  collections: EntityTarget<ObjectLiteral>;
  /** Where the engine keeps, for each collection, how many rows have which value of a property. */
  counts: { table: string; by: string };
}

/** A table as a query names it. */
export interface Table<Row extends StoredRow> {
  /** Quoted. */
  readonly name: string;
  /** The table of the kept counts, quoted. What both tables have is called the same in both. */
  readonly counts: string;
  /** Quoted, by the properties of a row. */
  readonly columns: ReadonlyMap<keyof Row, string>;
  /** The properties that have an index, in each collection, of their values and the keys behind. */
  readonly indexed: ReadonlySet<keyof Row>;
  /**
   * The number that stands for a collection in the rows; one that no row has where none was ever
   * written.
   */
  collectionId(collection: CollectionName): Promise<number>;
  /** A text that no other row of any table has. */
  keyOf(collection: CollectionName, id: string): string;
}

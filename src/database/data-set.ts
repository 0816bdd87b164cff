/** A data set as a whole, as it is copied to another database: every row of every collection. */
import type { DataSourceOptions } from 'typeorm';

import type { Mutation, MutationOutcome } from './mutation.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from './table.js';
import type { Member } from './write.js';

/** Entities are classes here; TypeORM would take other things as well. */
type Class = new () => object;

/** How many rows, or collections, a page has at the most; only the last one has fewer. */
export const PAGE_SIZE = 1000;

/** A collection, and the number that stands for it in this database. */
export interface NumberedCollection {
  number: number;
  /** Its members are in the order of the entity's columns. */
  name: CollectionName;
}

/** Texts by their names: what is as old as the data set and goes with it. */
export type Secrets = Readonly<Record<string, string>>;

/** A table, read page by page: nothing is held in the database from one to the next. */
export interface RowSource {
  readonly table: Table<StoredRow>;
  /** Whether no collection has a row. */
  isEmpty(): Promise<boolean>;
  /** How many rows all collections have, as the database keeps it counted. */
  count(): Promise<number>;
  /** The next behind a name, in the order of names: member by member, texts by code point. */
  collections(after: CollectionName | undefined): Promise<readonly NumberedCollection[]>;
  /** The next of a collection behind a key, in the order of keys by code point. */
  rows(number: number, after: string | undefined): Promise<readonly Member<StoredRow>[]>;
}

/** Failures of the database are thrown as one sentence that names it. */
export interface DataSet {
  /** The database, in the words of a message. */
  readonly place: string;
  /** In the order of the definitions that it was opened with. */
  readonly tables: readonly RowSource[];
  secrets(): Promise<Secrets>;
  close(): Promise<void>;
}

/** A data set that can be written to, and is by nobody else meanwhile. */
export interface TargetDataSet extends DataSet {
  /** Puts these in the place of all that there are. */
  replaceSecrets(secrets: Secrets): Promise<void>;
  /**
   * Resolves when all are committed and synced, with how each fared: no key is named twice. Where
   * it throws, nothing of them is stored, or all.
   */
  write(mutations: readonly Mutation[]): Promise<readonly MutationOutcome[]>;
}

export function entitiesOf(
  definitions: readonly TableDefinition<StoredRow>[],
): NonNullable<DataSourceOptions['entities']> {
  return definitions.flatMap(({ entity, collections }) => [entity, collections] as Class[]);
}

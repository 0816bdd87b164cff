/** Writes as data: what a feature asks for, and what became of it. */
import type { CollectionName, StoredRow, Table } from './table.js';

/** A row of a collection that is named beside it. */
export type Member<Row extends StoredRow> = Omit<Row, 'collectionId'>;

export type Write<Row extends StoredRow> = { table: Table<Row>; collection: CollectionName } & (
  { kind: 'insert'; row: Member<Row> } | { kind: 'change'; id: string; decide: Decide<Row> }
);

/**
 * Decides on the row as it is, `undefined` where there is none. What it throws refuses the write,
 * and nothing is stored. It may be asked again, because another process can change the row
 * meanwhile.
 */
export type Decide<Row extends StoredRow> = (current: Member<Row> | undefined) => Change<Row>;

/**
 * What becomes of a row: it is stored, whether it was there or not, or it goes, or it stays as it
 * is.
 */
export type Change<Row extends StoredRow> =
  { kind: 'store'; row: Member<Row> } | { kind: 'keep'; row: Member<Row> } | { kind: 'delete' };

/**
 * What is on the disk now. A duplicate is an insert whose key is taken; nothing of it is stored.
 */
export type Outcome<Row extends StoredRow> =
  | { kind: 'written'; row: Member<Row>; isNew: boolean }
  | { kind: 'deleted' }
  | { kind: 'duplicate' };

/** An outcome, or why there is none. */
export type Result<Row extends StoredRow> = Outcome<Row> | { kind: 'refused'; reason: unknown };

/** Writes that are stored all together or not at all. */
export type Unit = readonly Write<StoredRow>[];

/** What has been decided on: writes that an engine can carry out without asking the feature. */
import type { CollectionName, StoredRow, Table } from './table.js';
import type { Member } from './write.js';

/**
 * Updates and deletes are made of the row that they were decided on, `current`, and find nothing
 * where it has another revision by now.
 */
export type Mutation = { table: Table<StoredRow>; collection: CollectionName } & (
  | { kind: 'insert'; row: Member<StoredRow> }
  | { kind: 'update'; row: Member<StoredRow>; current: Member<StoredRow> }
  | { kind: 'delete'; current: Member<StoredRow> }
);

/**
 * How a mutation fared. `stale` is one whose row is not what it was decided on, `undone` one with
 * which nothing is wrong, but with another of its unit.
 */
export type MutationOutcome = 'written' | 'duplicate' | 'stale' | 'undone';

/** Why it is not known how a mutation fared, or cannot fare at all. */
export interface MutationRefusal {
  kind: 'refused';
  reason: unknown;
}

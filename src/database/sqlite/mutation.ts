/** Mutations as the thread that commits gets them: statements and their parameters. */
import type { Mutation } from '../mutation.js';

/**
 * The statements that write to one table. The last parameter of each but the last two is the number
 * of the collection. Updates and deletes name the revision that they were decided on, and find
 * nothing where there is another.
 */
export interface TableStatements {
  insert: string;
  update: string;
  delete: string;
  /** Gives a collection its number, where it has none. */
  register: string;
  /** Finds the number of a collection. */
  collection: string;
}

export type MutationKind = Mutation['kind'];

export type BoundMutation = readonly [
  /** The place of its table among the tables. */
  table: number,
  kind: MutationKind,
  parameters: unknown[],
  /** Its number; or its name, where it had no number yet when the mutation was decided on. */
  collection: number | readonly unknown[],
];

/** Mutations that are stored all together or not at all. */
export type MutationUnit = readonly BoundMutation[];

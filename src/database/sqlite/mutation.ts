/**
 * Writes as the thread that commits gets them: statements and their parameters, decided on before
 * the transaction begins.
 */

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

export type MutationKind = 'insert' | 'update' | 'delete';

export type Mutation = readonly [
  /** The place of its table among the tables. */
  table: number,
  kind: MutationKind,
  parameters: unknown[],
  /** Its number; or its name, where it had no number yet when the mutation was decided on. */
  collection: number | readonly unknown[],
];

/** Mutations that are stored all together or not at all. */
export type MutationUnit = readonly Mutation[];

/**
 * How a mutation fared. `stale` is one whose row is not what it was decided on, `undone` one with
 * which nothing is wrong, but with another of its unit.
 */
export type MutationOutcome = 'written' | 'duplicate' | 'stale' | 'undone';

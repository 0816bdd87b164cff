/**
 * Writes as data: statements and their parameters, decided on before the transaction begins, so that they can be carried out on
 * any connection and in any thread.
 */
export type MutationKind = 'register' | 'insert' | 'update' | 'delete';

/**
 * The statement of each kind. Updates and deletes name the revision that they were decided on, and find nothing where there is another.
 * To register is to make what rows refer to, or to find it made.
 */
export type MutationStatements = Readonly<Record<MutationKind, string>>;

export type Mutation = readonly [kind: MutationKind, parameters: readonly unknown[]];

/** Mutations that are stored all together or not at all. */
export type MutationUnit = readonly Mutation[];

/** How a mutation fared. `stale` is one whose row is not what it was decided on, `undone` one with which nothing is wrong, but with another of its unit. */
export type MutationOutcome = 'written' | 'duplicate' | 'stale' | 'undone';

import type { Database, Statement } from 'better-sqlite3';

import { isUniqueViolation } from './driver-errors.js';
import type {
  Mutation,
  MutationKind,
  MutationOutcome,
  MutationStatements,
  MutationUnit,
} from './mutation.js';
import { requireFileInPlace } from './connection.js';

/** Carries out mutations on one connection. */
export class MutationTransaction {
  private readonly statements: Readonly<Record<MutationKind, Statement>>;

  constructor(
    private readonly database: Database,
    statements: MutationStatements,
  ) {
    this.statements = {
      register: database.prepare(statements.register),
      insert: database.prepare(statements.insert),
      update: database.prepare(statements.update),
      delete: database.prepare(statements.delete),
    };
  }

  /**
   * Commits units in one transaction, synced when it returns. Each sees what those before it wrote. One that is refused fails alone; on
   * any other failure nothing is stored, and it throws. Nothing else can run on the connection meanwhile, because nothing here waits.
   */
  run(units: readonly MutationUnit[]): MutationOutcome[][] {
    const { database } = this;
    requireFileInPlace(database);
    // IMMEDIATE takes the write lock first: a later upgrade of a read lock could fail without waiting.
    database.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = units.map((unit) => this.runUnit(unit));
      database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  private runUnit(unit: MutationUnit): MutationOutcome[] {
    // One statement needs no savepoint to be stored as a whole or not at all.
    if (unit.length === 1) return [this.mutate(unit[0]!)];
    const { database } = this;
    database.exec('SAVEPOINT unit');
    for (const [at, mutation] of unit.entries()) {
      const outcome = this.mutate(mutation);
      if (outcome === 'written') continue;
      database.exec('ROLLBACK TO unit');
      database.exec('RELEASE unit');
      return unit.map((_, i) => (i === at ? outcome : 'undone'));
    }
    database.exec('RELEASE unit');
    return unit.map(() => 'written');
  }

  private mutate([kind, parameters]: Mutation): MutationOutcome {
    try {
      const { changes } = this.statements[kind].run(parameters);
      return changes === 0 && kind !== 'register' ? 'stale' : 'written';
    } catch (error) {
      if (isUniqueViolation(error)) return 'duplicate';
      throw error;
    }
  }
}

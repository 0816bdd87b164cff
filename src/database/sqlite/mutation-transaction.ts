import type { Database, Statement } from 'better-sqlite3';

import type { MutationOutcome } from '../mutation.js';
import { requireFileInPlace } from './connection.js';
import { isUniqueViolation } from './driver-errors.js';
import type { BoundMutation, MutationUnit, TableStatements } from './mutation.js';

/** Carries out mutations on one connection. */
export class MutationTransaction {
  private readonly tables: readonly Readonly<Record<keyof TableStatements, Statement>>[];

  constructor(
    private readonly database: Database,
    tables: readonly TableStatements[],
  ) {
    this.tables = tables.map((statements) => ({
      insert: database.prepare(statements.insert),
      update: database.prepare(statements.update),
      delete: database.prepare(statements.delete),
      register: database.prepare(statements.register),
      collection: database.prepare(statements.collection).pluck(),
    }));
  }

  /**
   * Commits units in one transaction, synced when it returns. Each sees what those before it wrote.
   * One that is refused fails alone; on any other failure nothing is stored, and it throws. Nothing
   * else can run on the connection meanwhile, because nothing here waits.
   */
  run(units: readonly MutationUnit[]): MutationOutcome[][] {
    const { database } = this;
    requireFileInPlace(database);
    // IMMEDIATE takes the write lock first: a later upgrade of a read lock could fail without
    // waiting.
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

  private mutate([table, kind, parameters, collection]: BoundMutation): MutationOutcome {
    const statements = this.tables[table]!;
    let number = collection;
    if (typeof number !== 'number') {
      statements.register.run(...number);
      number = statements.collection.get(...number) as number;
    }
    try {
      const { changes } = statements[kind].run(...parameters, number);
      return changes === 0 ? 'stale' : 'written';
    } catch (error) {
      if (isUniqueViolation(error)) return 'duplicate';
      throw error;
    }
  }
}

import type { Database, Statement } from 'better-sqlite3';
import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

import { isUniqueViolation } from './driver-errors.js';
import { connectionOf, requireFileInPlace } from './sqlite.js';

/** How one row of a transaction fared. */
export type InsertOutcome = 'inserted' | 'duplicate';

/**
 * Inserts rows of one entity by a prepared statement, which is made from the entity's metadata: TypeORM's persistence path costs
 * more than the insert itself.
 */
export class RowInserter<Row extends ObjectLiteral> {
  private readonly database: Database;
  private readonly statement: Statement;
  private readonly properties: readonly string[];

  constructor(dataSource: DataSource, entity: EntityTarget<Row>) {
    const { columns, tablePath } = dataSource.getMetadata(entity);
    const quote = (name: string): string => dataSource.driver.escape(name);
    this.properties = columns.map((column) => column.propertyName);
    this.database = connectionOf(dataSource);
    this.statement = this.database.prepare(
      `INSERT INTO ${quote(tablePath)} (${columns.map((column) => quote(column.databaseName)).join(', ')}) ` +
        `VALUES (${columns.map(() => '?').join(', ')})`,
    );
  }

  /**
   * Commits rows in one transaction, synced when it returns. A duplicate fails alone; on any other failure nothing
   * is stored, and it throws. Nothing else can run on the connection meanwhile, because nothing here waits.
   */
  insertAll(rows: readonly Row[]): InsertOutcome[] {
    const { database } = this;
    requireFileInPlace(database);
    // IMMEDIATE takes the write lock first: a later upgrade of a read lock could fail without waiting.
    database.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = rows.map((row) => this.insert(row));
      database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  private insert(row: Row): InsertOutcome {
    try {
      this.statement.run(this.properties.map((property): unknown => row[property]));
      return 'inserted';
    } catch (error) {
      if (isUniqueViolation(error)) return 'duplicate';
      throw error;
    }
  }
}

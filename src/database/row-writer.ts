import type { Database, Statement } from 'better-sqlite3';
import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

import { isUniqueViolation } from './driver-errors.js';
import { connectionOf, requireFileInPlace } from './sqlite.js';

/** What becomes of a row: it is stored as given, whether it was there or not, or it goes, or it stays as it is. */
export type Change<Row> = { kind: 'store'; row: Row } | { kind: 'delete' } | { kind: 'keep' };

/** One write of a transaction. What it throws in `decide` refuses it alone, with nothing written. */
export type Write<Row> =
  /** Refused where the key is taken. */
  | { kind: 'insert'; row: Row }
  /** Decided on the row as it is in the transaction, `undefined` where there is none. */
  | { kind: 'change'; key: Partial<Row>; decide: (current: Row | undefined) => Change<Row> };

/** Writes that are stored all together or not at all. */
export type WriteUnit<Row> = readonly Write<Row>[];

/** How one write fared. `undone` is one with which nothing is wrong, but with another of its unit. */
export type WriteOutcome =
  | { kind: 'written' }
  | { kind: 'duplicate' }
  | { kind: 'undone' }
  | { kind: 'refused'; reason: unknown };

const WRITTEN: WriteOutcome = { kind: 'written' };
const DUPLICATE: WriteOutcome = { kind: 'duplicate' };
const UNDONE: WriteOutcome = { kind: 'undone' };

/**
 * Writes rows of one entity by prepared statements, which are made from the entity's metadata: TypeORM's persistence path costs
 * more than the write itself, and would let statements of other requests into the transaction.
 */
export class RowWriter<Row extends ObjectLiteral> {
  private readonly database: Database;
  private readonly properties: readonly string[];
  private readonly keyProperties: readonly string[];
  private readonly updateProperties: readonly string[];
  private readonly insertRow: Statement;
  private readonly updateRow: Statement;
  private readonly deleteRow: Statement;
  private readonly findRow: Statement;

  constructor(dataSource: DataSource, entity: EntityTarget<Row>) {
    const { columns, primaryColumns, tablePath } = dataSource.getMetadata(entity);
    const quote = (name: string): string => dataSource.driver.escape(name);
    const table = quote(tablePath);
    const names = columns.map((column) => quote(column.databaseName));
    const hasKey = primaryColumns
      .map((column) => `${quote(column.databaseName)} = ?`)
      .join(' AND ');
    const rest = columns.filter((column) => !column.isPrimary);

    this.database = connectionOf(dataSource);
    this.properties = columns.map((column) => column.propertyName);
    this.keyProperties = primaryColumns.map((column) => column.propertyName);
    this.updateProperties = rest.map((column) => column.propertyName);
    this.insertRow = this.database.prepare(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
    this.updateRow = this.database.prepare(
      `UPDATE ${table} SET ${rest.map((column) => `${quote(column.databaseName)} = ?`).join(', ')} WHERE ${hasKey}`,
    );
    this.deleteRow = this.database.prepare(`DELETE FROM ${table} WHERE ${hasKey}`);
    const aliased = columns.map(
      (column) => `${quote(column.databaseName)} AS ${quote(column.propertyName)}`,
    );
    this.findRow = this.database.prepare(
      `SELECT ${aliased.join(', ')} FROM ${table} WHERE ${hasKey}`,
    );
  }

  /**
   * Commits units in one transaction, synced when it returns. Each sees what those before it wrote. One that is refused fails alone; on
   * any other failure nothing is stored, and it throws. Nothing else can run on the connection meanwhile, because nothing here waits.
   */
  writeAll(units: readonly WriteUnit<Row>[]): WriteOutcome[][] {
    const { database } = this;
    requireFileInPlace(database);
    // IMMEDIATE takes the write lock first: a later upgrade of a read lock could fail without waiting.
    database.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = units.map((unit) => this.writeUnit(unit));
      database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  private writeUnit(unit: WriteUnit<Row>): WriteOutcome[] {
    // One statement needs no savepoint to be stored as a whole or not at all.
    if (unit.length === 1) return [this.write(unit[0]!)];
    const { database } = this;
    database.exec('SAVEPOINT unit');
    const outcomes: WriteOutcome[] = [];
    for (const write of unit) {
      const outcome = this.write(write);
      outcomes.push(outcome);
      if (outcome.kind === 'written') continue;
      database.exec('ROLLBACK TO unit');
      database.exec('RELEASE unit');
      return unit.map((_, i) => (i === outcomes.length - 1 ? outcome : UNDONE));
    }
    database.exec('RELEASE unit');
    return outcomes;
  }

  private write(write: Write<Row>): WriteOutcome {
    return write.kind === 'insert' ? this.insert(write.row) : this.change(write);
  }

  private insert(row: Row): WriteOutcome {
    try {
      this.insertRow.run(this.properties.map((property): unknown => row[property]));
      return WRITTEN;
    } catch (error) {
      if (isUniqueViolation(error)) return DUPLICATE;
      throw error;
    }
  }

  private change({ key, decide }: Write<Row> & { kind: 'change' }): WriteOutcome {
    const keyValues = this.keyProperties.map((property): unknown => key[property]);
    const current = this.findRow.get(keyValues) as Row | undefined;
    let change: Change<Row>;
    try {
      change = decide(current);
    } catch (reason) {
      return { kind: 'refused', reason };
    }
    switch (change.kind) {
      case 'keep':
        return WRITTEN;
      case 'delete':
        this.deleteRow.run(keyValues);
        return WRITTEN;
      case 'store': {
        const { row } = change;
        if (current === undefined) return this.insert(row);
        const values = this.updateProperties.map((property): unknown => row[property]);
        this.updateRow.run([...values, ...keyValues]);
        return WRITTEN;
      }
    }
  }
}

import pg from 'pg';

import type { LimitedRows } from '../limited-rows.js';
import type { Statement } from '../query.js';
import { QueryRunner } from '../sqlite/query-runner.js';
import { registerFunctions } from '../sqlite/sqlite-dialect.js';
import type { SqliteDriver } from '../sqlite/sqlite-driver.js';
import { Ended, type Deadline } from '../threads/deadline.js';
import type { SelectedRows } from './selecting-connection.js';

/** Pages that are kept in memory, in KiB; more are in a temporary file. */
const CACHE_KIB = 16_384;

/**
 * How much is held at once, in characters of texts. What has to hold more takes too long, whatever
 * its deadline is.
 */
const MAX_HELD_CHARACTERS = 134_217_728;

const { INT2, INT4, INT8, NUMERIC, FLOAT8 } = pg.types.builtins;

/** Integers that no number holds come as texts, and become what they are by the column's type. */
const COLUMN_TYPES = new Map<number, string>([
  [INT2, 'INTEGER'],
  [INT4, 'INTEGER'],
  [INT8, 'INTEGER'],
  [NUMERIC, 'INTEGER'],
  [FLOAT8, 'REAL'],
]);

interface Insertion {
  run(...values: unknown[]): unknown;
}

/** A table of PostgreSQL in a database of SQLite that nobody else sees, and that is temporary. */
export class JudgedTable {
  private readonly database: InstanceType<SqliteDriver>;
  private readonly runner: QueryRunner;
  private insertion: Insertion | undefined;
  private held = 0;

  constructor(
    Driver: SqliteDriver,
    /** Quoted. */
    private readonly name: string,
    private readonly deadline: Deadline,
  ) {
    this.database = new Driver('');
    this.database.pragma('journal_mode = OFF');
    this.database.pragma('synchronous = OFF');
    this.database.pragma(`cache_size = -${String(CACHE_KIB)}`);
    registerFunctions(this.database, deadline.check);
    this.runner = new QueryRunner(this.database);
  }

  /** Throws `Ended` where it would hold too much. */
  fill({ fields, rows }: SelectedRows): void {
    this.insertion ??= this.create(fields);
    this.database.exec('BEGIN');
    for (const row of rows) {
      this.deadline.check();
      this.insertion.run(...row);
      for (const value of row) this.held += typeof value === 'string' ? value.length : 0;
    }
    this.database.exec('COMMIT');
    if (this.held > MAX_HELD_CHARACTERS) throw new Ended('late');
  }

  empty(): void {
    this.database.exec(`DELETE FROM ${this.name}`);
    this.held = 0;
  }

  run(statements: readonly Statement[], found: LimitedRows): void {
    this.runner.run(statements, found, this.deadline.check);
  }

  close(): void {
    this.database.close();
  }

  private create(fields: SelectedRows['fields']): Insertion {
    const columns = fields.map(
      ({ name, dataTypeID }) => `"${name}" ${COLUMN_TYPES.get(dataTypeID) ?? 'TEXT'}`,
    );
    this.database.exec(`CREATE TABLE ${this.name} (${columns.join(', ')})`);
    const values = fields.map(() => '?').join(', ');
    return this.database.prepare(`INSERT INTO ${this.name} VALUES (${values})`);
  }
}

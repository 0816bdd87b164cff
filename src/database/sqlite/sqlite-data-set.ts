import type { Database } from 'better-sqlite3';
import type { DataSource } from 'typeorm';

import type { RowSource, Secrets, TargetDataSet } from '../data-set.js';
import type { Mutation, MutationOutcome } from '../mutation.js';
import { PagedTable, type Run } from '../paged-table.js';
import type { StoredRow, TableDefinition } from '../table.js';
import { connectionOf } from './connection.js';
import { MutationTransaction } from './mutation-transaction.js';
import { SqliteTable } from './sqlite-table.js';

/** A whole file, by one connection that is used by nothing else. */
export class SqliteDataSet implements TargetDataSet {
  readonly tables: readonly RowSource[];
  private readonly connection: Database;
  private readonly rowTables: readonly SqliteTable[];
  private transaction: MutationTransaction | undefined;

  constructor(
    private readonly dataSource: DataSource,
    definitions: readonly TableDefinition<StoredRow>[],
    readonly place: string,
  ) {
    this.connection = connectionOf(dataSource);
    this.rowTables = definitions.map(
      (definition, i) => new SqliteTable(dataSource, this.connection, definition, i),
    );
    this.tables = this.rowTables.map(
      (table, i) => new PagedTable(dataSource, definitions[i]!, table, this.run),
    );
  }

  secrets(): Promise<Secrets> {
    return this.attempt('read', () => {
      const select = this.connection.prepare('SELECT "name", "value" FROM "secret"').raw();
      return Object.fromEntries(select.all() as [string, string][]);
    });
  }

  replaceSecrets(secrets: Secrets): Promise<void> {
    return this.attempt('written to', () => {
      const insert = this.connection.prepare(
        'INSERT INTO "secret" ("name", "value") VALUES (?, ?)',
      );
      this.connection.transaction(() => {
        this.connection.exec('DELETE FROM "secret"');
        for (const secret of Object.entries(secrets)) insert.run(...secret);
      })();
    });
  }

  write(mutations: readonly Mutation[]): Promise<readonly MutationOutcome[]> {
    return this.attempt('written to', () => {
      this.transaction ??= new MutationTransaction(
        this.connection,
        this.rowTables.map(({ statements }) => statements),
      );
      const bound = mutations.map((mutation) => [
        (mutation.table as unknown as SqliteTable).bind(mutation),
      ]);
      return this.transaction.run(bound).flat();
    });
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }

  private readonly run: Run = ({ text, parameters }) =>
    this.attempt('read', () => {
      const statement = this.connection.prepare<unknown[], unknown[]>(text).raw();
      return statement.all(...parameters);
    });

  private attempt<T>(what: 'read' | 'written to', act: () => T): Promise<T> {
    try {
      return Promise.resolve(act());
    } catch (cause) {
      const { message } = cause as Error;
      return Promise.reject(new Error(`${this.place} cannot be ${what}: ${message}`, { cause }));
    }
  }
}

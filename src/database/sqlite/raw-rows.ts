import type { Database, Statement } from 'better-sqlite3';

/** A query whose rows are read as lists of values and made objects here: the driver takes twice as long to make them. */
export class RawRows<Row> {
  private readonly statement: Statement;
  private readonly names: readonly string[];

  constructor(
    database: Database,
    sql: string,
    /** Makes a row of its values, in the order of the statement, where the caller knows how: sooner than what does for any. */
    private readonly make?: (values: readonly unknown[]) => Row,
  ) {
    this.statement = database.prepare(sql);
    this.names = this.statement.columns().map(({ name }) => name);
    this.statement.raw();
  }

  get(parameters: readonly unknown[]): Row | undefined {
    const values = this.statement.get(...parameters) as unknown[] | undefined;
    return values === undefined ? undefined : this.toRow(values);
  }

  private toRow(values: readonly unknown[]): Row {
    const { names, make } = this;
    if (make !== undefined) return make(values);
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i += 1) row[names[i]!] = values[i];
    return row as Row;
  }
}

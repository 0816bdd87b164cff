import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

import type { MutationStatements } from './mutation.js';

/** The statements that write rows of one entity, and the one that finds a row by its key, made from the entity's metadata. */
export function toRowStatements<Row extends ObjectLiteral>(
  dataSource: DataSource,
  entity: EntityTarget<Row>,
  revision: keyof Row & string,
): Omit<MutationStatements, 'register'> & { find: string } {
  const { columns, primaryColumns, tablePath } = dataSource.getMetadata(entity);
  const quote = (name: string): string => dataSource.driver.escape(name);
  const table = quote(tablePath);
  const names = columns.map((column) => quote(column.databaseName));
  const isKey = primaryColumns.map((column) => `${quote(column.databaseName)} = ?`).join(' AND ');
  const assignments = columns
    .filter((column) => !column.isPrimary)
    .map((column) => `${quote(column.databaseName)} = ?`);
  const aliased = columns.map(
    (column) => `${quote(column.databaseName)} AS ${quote(column.propertyName)}`,
  );
  const { databaseName } = columns.find((column) => column.propertyName === revision)!;
  // OR FAIL: what a statement did before it failed need not be undone, because the transaction is. Otherwise SQLite copies each
  // page that a statement with triggers changes (sqlite.org/lang_conflict.html). A key that is taken is found before anything is written.
  const isCurrent = `${isKey} AND ${quote(databaseName)} = ?`;
  return {
    insert: `INSERT OR FAIL INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    update: `UPDATE OR FAIL ${table} SET ${assignments.join(', ')} WHERE ${isCurrent}`,
    delete: `DELETE FROM ${table} WHERE ${isCurrent}`,
    find: `SELECT ${aliased.join(', ')} FROM ${table} WHERE ${isKey}`,
  };
}

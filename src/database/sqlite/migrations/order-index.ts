import type { QueryRunner } from 'typeorm';

/** Rows in all, and of a collection, as SQLite's planner is told. */
export const ROWS_ALIKE = '1000000 50000';

/**
 * Has pages in the order of a column be walks along an index: it ends with the key, and the planner
 * is told how many rows of a collection share a value.
 */
export async function createOrderIndex(
  queryRunner: QueryRunner,
  table: string,
  column: string,
  rowsOfValue: number,
): Promise<void> {
  const index = `${table}_${column}`;
  await queryRunner.query(
    `CREATE INDEX "${index}" ON "${table}" ("collection_id", "${column}", "id")`,
  );
  await queryRunner.query(`INSERT INTO "sqlite_stat1" ("tbl", "idx", "stat") VALUES (?, ?, ?)`, [
    table,
    index,
    `${ROWS_ALIKE} ${String(rowsOfValue)} 1`,
  ]);
  // Has this connection read it; later ones do when they open.
  await queryRunner.query('ANALYZE "sqlite_schema"');
}

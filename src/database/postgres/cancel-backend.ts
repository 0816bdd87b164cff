import type pg from 'pg';

/** Ends the statement that another connection to the same server is at. It fails with 57014. */
export async function cancelBackend(own: pg.ClientBase, other: pg.ClientBase): Promise<void> {
  const { processID } = other as pg.ClientBase & { processID: number };
  await own.query('SELECT pg_cancel_backend($1::integer)', [processID]);
}

/** Bare: one INSERT, and so one transaction, for each request. */
import { serve } from '../hand-written/app.js';
import { COLUMNS, openTable, toStore } from '../hand-written/postgres-table.js';

const pool = await openTable(process.env.DATABASE!);

await serve(
  toStore(pool, async (deviceConfigurationId, row) => {
    await pool.query({
      name: 'insert',
      text: `INSERT INTO user_status ("deviceConfigurationId", ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      values: [
        deviceConfigurationId,
        row.id,
        row.devicesCount,
        row.lastReportedDateTime,
        row.status,
        row.userDisplayName,
        row.userPrincipalName,
      ],
    });
  }),
);

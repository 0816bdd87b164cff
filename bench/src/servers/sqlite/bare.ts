/** Bare: one transaction for each request, on the one connection. */
import { serve } from '../hand-written/app.js';
import { openTable, toStore } from '../hand-written/sqlite-table.js';

const table = openTable(process.env.DATABASE!);

await serve(
  toStore(table, (deviceConfigurationId, row) => {
    table.insert.run(deviceConfigurationId, row);
  }),
);

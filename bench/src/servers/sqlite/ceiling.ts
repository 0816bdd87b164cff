/** Ceiling: the rows of all requests that arrive in one turn of the event loop share a transaction. */
import { serve } from '../hand-written/app.js';
import { openTable, toStore } from '../hand-written/sqlite-table.js';
import { type UserStatus } from '../hand-written/user-status.js';

interface Waiting {
  deviceConfigurationId: string;
  row: UserStatus;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const table = openTable(process.env.DATABASE!);
let waiting: Waiting[] = [];

const insertAll = table.database.transaction((group: readonly Waiting[]) => {
  for (const { deviceConfigurationId, row } of group) table.insert.run(deviceConfigurationId, row);
});

function flush(): void {
  const group = waiting;
  waiting = [];
  try {
    insertAll.immediate(group);
    for (const { resolve } of group) resolve();
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

await serve(
  toStore(
    table,
    (deviceConfigurationId, row) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ deviceConfigurationId, row, resolve, reject });
      }),
  ),
);

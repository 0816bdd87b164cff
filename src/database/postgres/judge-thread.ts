/**
 * A thread that judges: PostgreSQL selects the rows that may be meant, and SQLite tells which are,
 * by the statements and the functions that it has where it is the database itself.
 */
import { workerData } from 'node:worker_threads';

import { loadSqliteDriver } from '../sqlite/sqlite-driver.js';
import { Deadline } from '../threads/deadline.js';
import type { ReaderData } from '../threads/reader-messages.js';
import { serveReads } from '../threads/serve-reads.js';
import type { JudgeData, JudgeTask } from './judge-messages.js';
import { judge } from './judge.js';
import { JudgedTable } from './judged-table.js';
import { SelectingConnection } from './selecting-connection.js';

const { settings, signal } = workerData as JudgeData & ReaderData;
const deadline = new Deadline(signal);
const Driver = await loadSqliteDriver();
const connection = new SelectingConnection(settings, deadline);

serveReads<JudgeTask>(deadline, {
  async run(task) {
    const table = new JudgedTable(Driver, task.table, deadline);
    try {
      const { rows, hasMore } = await judge(task, table, connection);
      return { rows, hasMore };
    } finally {
      table.close();
    }
  },
  close: () => {
    connection.close();
  },
});

/** A thread that reads: a connection of its own, one query after the other. */
import { workerData } from 'node:worker_threads';

import { LimitedRows } from '../limited-rows.js';
import { Deadline } from '../threads/deadline.js';
import type { ReaderData } from '../threads/reader-messages.js';
import { serveReads } from '../threads/serve-reads.js';
import { openForReading } from './connection.js';
import { QueryRunner } from './query-runner.js';
import type { SqliteReaderData, SqliteTask } from './row-reader.js';
import { registerFunctions } from './sqlite-dialect.js';
import { loadSqliteDriver } from './sqlite-driver.js';

const { file, signal } = workerData as SqliteReaderData & ReaderData;
const deadline = new Deadline(signal);
const connection = openForReading(await loadSqliteDriver(), file);
// SQLite asks nobody whether to go on, so the deadline is looked at for every row. What is thrown
// within a function ends the query.
registerFunctions(connection, deadline.check);
const runner = new QueryRunner(connection);

serveReads<SqliteTask>(deadline, {
  run: ({ statements, limit }) => {
    const { rows, hasMore } = runner.run(statements, new LimitedRows(limit), deadline.check);
    return { rows, hasMore };
  },
  close: () => {
    connection.close();
  },
});

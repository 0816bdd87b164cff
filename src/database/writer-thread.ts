/** The thread that commits: a connection of its own, one group of mutations after the other. Messages are in `mutation-writer.ts`. */
import { parentPort, workerData } from 'node:worker_threads';

import { MutationTransaction } from './mutation-transaction.js';
import type { MutationUnit } from './mutation.js';
import { CLOSE, type FromWriter, type ToWriter, type WriterData } from './mutation-writer.js';
import { configureConnection } from './sqlite.js';
import { loadSqliteDriver } from './sqlite-driver.js';

const { file, statements } = workerData as WriterData;
const port = parentPort!;

const Database = await loadSqliteDriver();
const connection = new Database(file, { fileMustExist: true });
configureConnection(connection);
const transaction = new MutationTransaction(connection, statements);

function send(message: FromWriter): void {
  port.postMessage(message);
}

port.on('message', (message: ToWriter) => {
  if (message === CLOSE) {
    connection.close();
    port.close();
    return;
  }
  try {
    const units = JSON.parse(message) as MutationUnit[];
    send({ outcomes: JSON.stringify(transaction.run(units)) });
  } catch (error) {
    const { message: text, code } = error as { message: string; code?: string };
    send({ failure: { message: text, code } });
  }
});
send({ ready: true });

/** The thread that commits: a connection of its own, one group of mutations after the other. Messages are in `mutation-writer.ts`. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

import { MutationTransaction } from './mutation-transaction.js';
import type { MutationUnit } from './mutation.js';
import { CLOSE } from './database-thread.js';
import { FINISH_CHECKPOINT, type FromWriter, type WriterData } from './mutation-writer.js';
import { configureConnection, finishCheckpoint } from './sqlite.js';
import { loadSqliteDriver } from './sqlite-driver.js';

/** How long a transaction waits for another process. */
const BUSY_TIMEOUT_MS = 5000;

/** Each has 1,000 units at most. */
const MAX_MESSAGES_PER_TRANSACTION = 32;

const { file, statements } = workerData as WriterData;
const port = parentPort!;

const Database = await loadSqliteDriver();
const connection = new Database(file, { fileMustExist: true });
configureConnection(connection);
// Nothing but this thread waits.
connection.pragma(`busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
const transaction = new MutationTransaction(connection, statements);

function send(message: FromWriter): void {
  port.postMessage(message);
}

/** What came while the last transaction was synced shares the next one. */
function takeAll(first: string): string[] {
  const taken = [first];
  while (taken.length < MAX_MESSAGES_PER_TRANSACTION) {
    const next = receiveMessageOnPort(port) as { message: string } | undefined;
    if (next === undefined) break;
    taken.push(next.message);
  }
  return taken;
}

function commit(messages: readonly string[]): Exclude<FromWriter, string> {
  try {
    const groups = messages.map((message) => JSON.parse(message) as MutationUnit[]);
    const outcomes = transaction.run(groups.flat());
    let at = 0;
    return groups.map((units) => ({
      outcomes: JSON.stringify(outcomes.slice(at, (at += units.length))),
    }));
  } catch (error) {
    const { message: text, code } = error as { message: string; code?: string };
    return messages.map(() => ({ failure: { message: text, code } }));
  }
}

port.on('message', (first: string) => {
  const messages = takeAll(first);
  const groups = messages.filter((message) => message !== CLOSE && message !== FINISH_CHECKPOINT);
  if (groups.length > 0) send(commit(groups));
  if (messages.includes(FINISH_CHECKPOINT)) {
    finishCheckpoint(connection);
    send(FINISH_CHECKPOINT);
  }
  if (!messages.includes(CLOSE)) return;
  connection.close();
  port.close();
});
send([]);

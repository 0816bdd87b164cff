/**
 * The thread that commits: a connection of its own, one group of mutations after the other.
 * Messages are in `writer-messages.ts`.
 */
import { statSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

import { CLOSE } from '../threads/database-thread.js';
import type { MutationUnit } from './mutation.js';
import { MutationTransaction } from './mutation-transaction.js';
import { configureConnection, copyLog, WAL_SIZE_LIMIT_BYTES } from './connection.js';
import { loadSqliteDriver } from './sqlite-driver.js';
import { COPY_LOG, type FromWriter, type ToWriter, type WriterData } from './writer-messages.js';

/** How long a transaction waits for another process. Nothing but this thread waits. */
const BUSY_TIMEOUT_MS = 5000;

/** Each has 1,000 units at most. */
const MAX_MESSAGES_PER_TRANSACTION = 32;

/** A log of this size has not begun anew for long: those who read from it have to pause. */
const MAX_LOG_BYTES = 2 * WAL_SIZE_LIMIT_BYTES;

const { file, tables } = workerData as WriterData;
const port = parentPort!;

const Database = await loadSqliteDriver();
const connection = new Database(file, { fileMustExist: true });
configureConnection(connection);
connection.pragma(`busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
const transaction = new MutationTransaction(connection, tables);

type Answer = Exclude<FromWriter, string>;

/** What came while the last transaction was synced shares the next one. */
function takeAll(first: ToWriter): ToWriter[] {
  const taken = [first];
  while (taken.length < MAX_MESSAGES_PER_TRANSACTION) {
    const next = receiveMessageOnPort(port) as { message: ToWriter } | undefined;
    if (next === undefined) break;
    taken.push(next.message);
  }
  return taken;
}

function commit(messages: readonly ToWriter[]): Answer['results'] {
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

function isLogLong(): boolean {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  return log !== undefined && log.size > MAX_LOG_BYTES;
}

function answer(message: FromWriter): void {
  port.postMessage(message);
}

port.on('message', (first: ToWriter) => {
  const messages = takeAll(first);
  const groups = messages.filter((message) => message !== CLOSE && message !== COPY_LOG);
  if (groups.length > 0) answer({ results: commit(groups), isLogLong: isLogLong() });
  if (messages.includes(COPY_LOG)) {
    copyLog(connection);
    answer(COPY_LOG);
  }
  if (!messages.includes(CLOSE)) return;
  connection.close();
  port.close();
});
answer({ results: [], isLogLong: false });

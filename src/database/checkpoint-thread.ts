/** The thread that copies the write-ahead log to the database file. Messages are in `checkpoints.ts`. */
import { parentPort, workerData } from 'node:worker_threads';

import { CLOSE } from './database-thread.js';
import { checkpoint, configureConnection } from './sqlite.js';
import { loadSqliteDriver } from './sqlite-driver.js';

/** With each pass less is left, because less is written meanwhile. */
const MAX_PASSES = 5;
const FEW_PAGES = 500;

const port = parentPort!;
const Database = await loadSqliteDriver();
const connection = new Database((workerData as { file: string }).file, { fileMustExist: true });
configureConnection(connection);

/** What a pass copied is about as much as what was written during the one before. */
function copy(): void {
  let before = 0;
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const copied = checkpoint(connection);
    const isLittle = copied - before <= FEW_PAGES;
    before = copied;
    if (isLittle) return;
  }
}

port.on('message', (message: string) => {
  if (message === CLOSE) {
    connection.close();
    port.close();
    return;
  }
  copy();
  port.postMessage('copied');
});

/** The thread that copies the write-ahead log to the database file. Messages are in `checkpoints.ts`. */
import { parentPort, workerData } from 'node:worker_threads';

import { CLOSE } from './database-thread.js';
import { checkpoint, configureConnection, syncDatabase } from './sqlite.js';
import { loadSqliteDriver } from './sqlite-driver.js';

/** With each pass less is left, because less is written meanwhile. */
const MAX_PASSES = 8;
const FEW_FRAMES = 100;

const port = parentPort!;
const Database = await loadSqliteDriver();
const connection = new Database((workerData as { file: string }).file, { fileMustExist: true });
configureConnection(connection);

/** What a pass copied and brought to the disk is about as much as what was written during the one before. Writers wait for the rest. */
function copy(): void {
  let before = 0;
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const copied = checkpoint(connection);
    syncDatabase(connection);
    if (copied - before <= FEW_FRAMES) return;
    before = copied;
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

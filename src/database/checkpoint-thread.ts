/** The thread that copies the write-ahead log to the database file. Messages are in `checkpoints.ts`. */
import { parentPort, workerData } from 'node:worker_threads';

import type { Copied } from './checkpoints.js';
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
function copy(): Copied {
  let before = 0;
  for (let pass = 1; ; pass += 1) {
    const { log, checkpointed } = checkpoint(connection);
    syncDatabase(connection);
    if (pass === MAX_PASSES || checkpointed - before <= FEW_FRAMES) {
      return { log, left: log - checkpointed };
    }
    before = checkpointed;
  }
}

port.on('message', (message: string) => {
  if (message === CLOSE) {
    connection.close();
    port.close();
    return;
  }
  port.postMessage(copy());
});

import { Worker } from 'node:worker_threads';

import { BUILD_FOLDER } from './build-folder.js';

/** What a thread of ours keeps lives for one message; V8 would let it grow before it looks. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

/** Asks a thread to close its connection and to end. */
export const CLOSE = 'close';

/** A thread with a database connection of its own. */
export class DatabaseThread<ToThread, FromThread> {
  private readonly worker: Worker;
  private readonly ended: Promise<unknown>;

  /** `module` is the file that it runs, below `src/database`. */
  constructor(
    module: string,
    workerData: object,
    on: { message: (message: FromThread) => void; end: (error: Error) => void },
  ) {
    this.worker = new Worker(new URL(`src/database/${module}.js`, BUILD_FOLDER), {
      workerData,
      name: module,
      resourceLimits: RESOURCE_LIMITS,
    });
    let fault = new Error(`the thread '${module}' has ended`);
    this.worker.on('message', on.message);
    // Of an error of SQLite's driver nothing but its code comes over.
    this.worker.on('error', ({ message, code }: { message?: string; code?: string }) => {
      fault = new Error(message ?? code ?? 'it does not say why');
    });
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        on.end(fault);
        resolve(undefined);
      });
    });
  }

  post(message: ToThread | typeof CLOSE): void {
    this.worker.postMessage(message);
  }

  /** Resolves when the thread has closed its connection and ended. */
  async close(): Promise<void> {
    this.post(CLOSE);
    await this.ended;
  }
}

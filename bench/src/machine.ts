/** What the figures were measured on. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

import { createFolder, removeFolder } from './leftovers.js';
import { LOAD_PROGRAM } from './load.js';
import { median } from './rounds.js';

const SYNCS = 200;
const SYNC_BYTES = 4096;
const GB_BYTES = 1e9;

/** Names and values, to be shown. */
export function describeMachine(): [string, string][] {
  const processors = cpus();
  return [
    ['processor', `${processors[0]?.model.trim() || 'unknown'}, ${processors.length} cores`],
    ['memory', `${(totalmem() / GB_BYTES).toFixed(0)} GB`],
    ['kernel', `${type()} ${release()}`],
    ['Node', process.version],
    ['disk', `${measureSyncMs().toFixed(2)} ms to append and sync ${SYNC_BYTES} bytes (median)`],
    ['load', LOAD_PROGRAM],
  ];
}

function measureSyncMs(): number {
  const folder = createFolder();
  const file = openSync(join(folder, 'sync'), 'w');
  const block = Buffer.alloc(SYNC_BYTES, 1);
  const times = Array.from({ length: SYNCS }, () => {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  removeFolder(folder);
  return median(times);
}

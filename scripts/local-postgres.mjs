/** The PostgreSQL server for trying out on one's machine: `db-start.mjs` and `db-stop.mjs`. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { AS_SERVER, findPrograms, isReachable, OTHERS_MAY_ENTER } from './postgres-programs.mjs';

/** Of the service: its own folder of data. */
const DATA_DIR = resolve(process.env.DATA_DIR || 'data');

/** What is in `folder`. */
export const folder = findFolder();
export const dataDir = join(folder, 'data');
export const passwordFile = join(folder, 'password');
export const logFile = join(folder, 'server.log');

/** The programs, which are copied where the user that they run as cannot reach them. */
export const programs = findPrograms(join(folder, 'programs'));

/** Beside the service's own data, unless the user that the server runs as cannot get there. */
function findFolder() {
  mkdirSync(DATA_DIR, { recursive: true, mode: 0o700 });
  const beside = join(DATA_DIR, 'postgres');
  if (!isReachable(dirname(DATA_DIR))) {
    const name = createHash('sha256').update(beside).digest('hex').slice(0, 16);
    return `/var/tmp/user-statuses-postgres-${name}`;
  }
  // To pass through; what else is in it stays closed to others.
  if (!isReachable(DATA_DIR)) chmodSync(DATA_DIR, statSync(DATA_DIR).mode | OTHERS_MAY_ENTER);
  return beside;
}

export function isInitialized() {
  return existsSync(join(dataDir, 'PG_VERSION'));
}

/** Where the server listens, as it says itself; `undefined` where it does not run. */
export function findRunningPort() {
  if (!isInitialized() || control('status').status !== 0) return undefined;
  return Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[3]);
}

/** `pg_ctl` with these arguments. What it says is nothing that the server's log has not. */
export function control(...args) {
  return spawnSync(join(programs, 'pg_ctl'), ['-D', dataDir, ...args], {
    ...AS_SERVER,
    stdio: 'ignore',
  });
}

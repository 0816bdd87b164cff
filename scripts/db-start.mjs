/**
 * Starts a PostgreSQL server for trying out, with its data beside the service's, and prints the
 * `DATABASE_URL` for it; all else goes to stderr. Where it runs already, it is left as it is.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

import pg from 'pg';

import {
  control,
  dataDir,
  findRunningPort,
  folder,
  isInitialized,
  logFile,
  passwordFile,
  programs,
} from './local-postgres.mjs';
import { giveToServer, initialize } from './postgres-programs.mjs';

const NAME = 'user_statuses';
const USUAL_PORT = 54320;

function say(text) {
  console.error(text);
}

let port = findRunningPort();
if (port === undefined) {
  if (!isInitialized()) initializeData();
  port = await findFreePort(USUAL_PORT);
  start(port);
  say(`PostgreSQL has started at 127.0.0.1:${port}, with its data in ${folder}.`);
} else {
  say(`PostgreSQL runs at 127.0.0.1:${port}, with its data in ${folder}.`);
}
const password = readFileSync(passwordFile, 'utf8').trim();
await createDatabase();

say('\nThe service on it:  DATABASE_URL=$(npm run -s db:start) npm start');
say('Stop the server:    npm run db:stop\n');
console.log(urlOf(NAME));

/** A superuser with a password that nobody else on the machine knows. */
function initializeData() {
  say(`Making a PostgreSQL database in ${folder} …`);
  // An earlier try may have been broken off.
  rmSync(dataDir, { recursive: true, force: true });
  if (!existsSync(folder)) giveToServer(folder);
  writeFileSync(passwordFile, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600 });
  giveToServer(folder);
  initialize(programs, dataDir, NAME, ['--auth=scram-sha-256', `--pwfile=${passwordFile}`]);
}

function start(at) {
  const settings = `-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=${at}`;
  if (control('start', '--wait', '--log', logFile, '--options', settings).status === 0) return;
  say(`PostgreSQL did not start. Its log, ${logFile}, ends with:\n`);
  say(readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n'));
  process.exit(1);
}

/** A port that is free: this one, or any where it is another program's, or 0. */
async function findFreePort(wanted) {
  const listener = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(listener, 'listening');
  } catch {
    return findFreePort(0);
  }
  const { port: free } = listener.address();
  listener.close();
  await once(listener, 'close');
  return free;
}

function urlOf(database) {
  return `postgres://${NAME}:${password}@127.0.0.1:${port}/${database}`;
}

async function createDatabase() {
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${NAME}`);
  await client.end();
}

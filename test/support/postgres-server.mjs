/** PostgreSQL servers of the tests: real ones, each with a data folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import {
  AS_SERVER,
  findPrograms,
  giveToServer,
  initialize,
} from '../../scripts/postgres-programs.mjs';

const USER = 'postgres';
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 10;

/**
 * Runs a server that does not outlive this process, however it ends: then the input is at its end,
 * the server is stopped, and the folder that is named taken away.
 */
const END_WITH_PARENT = `
  exec 3<&0
  (
    {
      read -r _ <&3
      kill -QUIT $$ && while kill -0 $$; do sleep 0.1; done && rm -rf "$TEMPORARY_FOLDER"
    } >/dev/null 2>&1 &
  )
  exec "$@" 3<&- </dev/null`;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '32MB',
  // In the data folder, and gone with it.
  dynamic_shared_memory_type: 'mmap',
};

/** What is committed outlives the server's processes, but not the machine. */
const WITHOUT_FSYNC = { fsync: 'off', full_page_writes: 'off' };

const SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' };

/** The programs of all servers of a run; `TEST_POSTGRES_BIN` names the folder of others. */
export function preparePrograms(copyTo) {
  return process.env.TEST_POSTGRES_BIN ?? findPrograms(copyTo);
}

/** Starts a server on a port of 127.0.0.1, and waits until it takes connections. */
export async function startPostgres(options = {}) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'user-statuses-postgres-'));
  const programs = options.programs ?? preparePrograms(programsOf(dataDir));
  if (existsSync(join(dataDir, 'PG_VERSION'))) giveToServer(dataDir);
  else initialize(programs, dataDir, USER, ['--auth=trust', '--no-sync']);
  if (options.hba !== undefined) {
    writeFileSync(join(dataDir, 'pg_hba.conf'), `${options.hba.join('\n')}\n`);
  }
  const port = options.port ?? (await findFreePort());
  const settings = {
    ...SETTINGS,
    ...(options.fsync === true ? {} : WITHOUT_FSYNC),
    ...options.settings,
    port: String(port),
  };
  const server = new PostgresServer(programs, dataDir, settings, options.dataDir === undefined);
  await server.start();
  return server;
}

/** Where the programs of one server are copied, where they have to be. */
function programsOf(dataDir) {
  return `${dataDir}-programs`;
}

class PostgresServer {
  #programs;
  #settings;
  #isTemporary;
  #process;

  constructor(programs, dataDir, settings, isTemporary) {
    this.#programs = programs;
    this.#settings = settings;
    this.#isTemporary = isTemporary;
    this.dataDir = dataDir;
    this.logFile = join(dataDir, 'server.log');
    this.port = Number(settings.port);
    this.url = `postgres://${USER}@127.0.0.1:${this.port}/postgres`;
  }

  get pid() {
    return this.#process.pid;
  }

  async start() {
    const { dataDir } = this;
    const settings = Object.entries(this.#settings).map(([name, value]) => `--${name}=${value}`);
    const log = openSync(this.logFile, 'a');
    this.#process = spawn(
      'sh',
      ['-c', END_WITH_PARENT, 'sh', join(this.#programs, 'postgres'), '-D', dataDir, ...settings],
      {
        ...AS_SERVER,
        env: { ...AS_SERVER.env, TEMPORARY_FOLDER: this.#isTemporary ? dataDir : '' },
        stdio: ['pipe', log, log],
      },
    );
    closeSync(log);

    const giveUpAt = Date.now() + START_TIMEOUT_MS;
    while (!this.#hasEnded() && Date.now() < giveUpAt) {
      const [pid, , , , , , , status] = this.#readState();
      if (Number(pid) === this.pid && /^(?:ready|standby)/.test(status)) return;
      await setTimeout(POLL_MS);
    }
    await this.stop('immediate');
    throw new Error(`PostgreSQL did not start: ${readFileSync(this.logFile, 'utf8')}`);
  }

  async stop(mode = 'fast') {
    if (this.#hasEnded()) return;
    this.#process.kill(SIGNALS[mode]);
    await once(this.#process, 'exit');
  }

  async kill9() {
    // It would stop its processes, or start others, as soon as one is gone.
    this.#process.kill('SIGSTOP');
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    for (const pid of children.split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  async restart(mode) {
    await this.stop(mode);
    await this.start();
  }

  async close() {
    await this.stop('immediate');
    if (this.#isTemporary) rmSync(this.dataDir, { recursive: true });
    rmSync(programsOf(this.dataDir), { recursive: true, force: true });
  }

  #hasEnded() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** The lines of the file that a server keeps about itself. */
  #readState() {
    const file = join(this.dataDir, 'postmaster.pid');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  }
}

/** A port that is free now, and not given to others for a while. */
export async function findFreePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { ownProcess } from './leftovers.js';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const POLL_MS = 5;
const LOG_END_BYTES = 4096;

/** What all servers print when they listen, the service in a line of its log. */
const LISTENING = /listening at /i;

export interface Program {
  script: string;
  /** Of Node, as it is deployed. */
  flags?: readonly string[];
  /** Where it runs and logs to. No `.env` is there. */
  folder: string;
  env: Record<string, string>;
}

/** A server in a process of its own, with nothing in its environment but what it is given. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
    readonly url: string,
    /** By this process's clock. */
    readonly startedAtMs: number,
  ) {}

  get pid(): number {
    return this.child.pid!;
  }

  /** Starts it and does not wait for it. */
  static async spawn({ script, flags = [], folder, env }: Program): Promise<ServerProcess> {
    const port = await findFreePort();
    const logFile = join(folder, 'log');
    // Of this process alone: whether it listens is read from it.
    const log = openSync(logFile, 'w');
    const startedAtMs = performance.now();
    const child = ownProcess(
      spawn(process.execPath, [...flags, script], {
        cwd: folder,
        env: { PATH: process.env.PATH, ...env, PORT: String(port) },
        stdio: ['ignore', log, log],
      }),
    );
    closeSync(log);
    return new ServerProcess(child, logFile, `http://127.0.0.1:${port}`, startedAtMs);
  }

  /** Starts it and waits until it listens. */
  static async start(program: Program): Promise<ServerProcess> {
    const server = await ServerProcess.spawn(program);
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!LISTENING.test(server.readLog())) {
      server.requireRunning();
      if (Date.now() > deadline) throw new Error(`${program.script} does not listen`);
      await setTimeout(POLL_MS);
    }
    return server;
  }

  /** Throws where it has ended by itself. */
  requireRunning(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) return;
    throw new Error(`a server ended by itself:\n${this.readLog()}`);
  }

  /** Stops it as an operator would. Throws where it does not end well. */
  async stop(): Promise<void> {
    this.requireRunning();
    const exit = once(this.child, 'exit', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) });
    this.child.kill('SIGTERM');
    const [code] = await exit;
    if (code !== 0) throw new Error(`a server ended with code ${code}:\n${this.readLog()}`);
  }

  /** The end of it: after a long load the whole would be gigabytes. */
  private readLog(): string {
    const file = openSync(this.logFile, 'r');
    const buffer = Buffer.alloc(LOG_END_BYTES);
    const from = Math.max(0, fstatSync(file).size - LOG_END_BYTES);
    const bytes = readSync(file, buffer, 0, LOG_END_BYTES, from);
    closeSync(file);
    return buffer.toString('utf8', 0, bytes);
  }
}

/** One that is free now: not every server can tell which it was given. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

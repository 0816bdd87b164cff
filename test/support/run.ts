import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SERVICES } from './services.js';
import { databaseOf } from './test-database.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm start` runs. Reading the source maps would be a sixth of the start. */
export const SERVICE = ['--heap-growing-percent=50', 'dist/bundle/main.js'];

interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  finished: Promise<Finished>;
}

/** Starts a program with this environment and no other, but for PATH and HOME. */
export function start(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd = ROOT,
): Running {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, { cwd, env: { PATH, HOME, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, stdout: () => stdout, stderr: () => stderr, finished };
}

/**
 * The built service, or one of a program, as a process of its own, and the URL it listens on. What
 * it stores belongs to its data folder; where that is there and has no key, it takes `TOKEN`.
 * `enter` stands in front of the command.
 */
export async function startService(
  env: Record<string, string>,
  cwd = ROOT,
  program = SERVICE,
  enter: readonly string[] = [],
): Promise<Running & { url: string }> {
  const database = env.DATA_DIR === undefined ? undefined : await databaseOf(env.DATA_DIR);
  if (env.DATA_DIR !== undefined && existsSync(env.DATA_DIR)) shareKey(env.DATA_DIR);
  const [command, ...args] = [...enter, 'node', ...program];
  const service = start(command!, args, { PORT: '0', ...database?.env, ...env }, cwd);
  for (let waited = 0; waited < 15_000; waited += 20) {
    const url = /listening at (https?:\/\/[^"\s]+)/i.exec(service.stdout())?.[1];
    if (url !== undefined) return { ...service, url };
    if (service.child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  service.child.kill('SIGKILL');
  throw new Error(`the service did not start: ${service.stdout()}${service.stderr()}`);
}

function shareKey(dataDir: string): void {
  const keyFile = join(dataDir, 'local-signing-key.json');
  if (!existsSync(keyFile)) copyFileSync(SERVICES.keyFile, keyFile);
}

/** What `npm run token` prints for the service whose data lie in this folder. */
export async function createToken(dataDir: string, ...options: string[]): Promise<string> {
  const env = { DATA_DIR: dataDir };
  const { code, stdout, stderr } = await start('node', ['dist/bundle/token.js', ...options], env)
    .finished;
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** The service with a standard output that cannot be written to, in every form that there is. */
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { pause } from './faults.js';
import { ROOT, SERVICE } from './run.js';

/** A program whose standard output is not what it should be. */
export interface Launched {
  pid: number;
  stderr: () => string;
  /** Takes the reader away, or stops it. */
  spoil: () => void;
  /** The exit code, or what had to end it. */
  ended: Promise<number | string>;
}

export type Launch = (
  env: NodeJS.ProcessEnv,
  folder: string,
  program?: readonly string[],
) => Launched;

export async function findPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}

/** As a shell redirects it, behind other commands. */
export function redirected(redirection: string, before = ''): Launch {
  return (env, _folder, program = SERVICE) => {
    const child = spawn('sh', ['-c', `${before}exec node ${program.join(' ')} ${redirection}`], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return watch(child, () => undefined);
  };
}

interface PipeOptions {
  /** Before the start, there is no room in it. */
  isFull?: boolean;
  /** Before the start, nobody reads it any more. */
  isLeft?: boolean;
  /** A parent that is a Node program of its own makes such. */
  isNonBlocking?: boolean;
}

/** A pipe that nobody reads. */
export function piped({ isFull, isLeft, isNonBlocking }: PipeOptions): Launch {
  return (env, folder, program = SERVICE) => {
    const path = join(folder, 'log');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDWR);
    const flags = constants.O_WRONLY | (isNonBlocking === true ? constants.O_NONBLOCK : 0);
    const writer = openSync(path, flags);
    if (isFull === true) fill(path);
    if (isLeft === true) closeSync(reader);
    const child = start(program, env, ['ignore', writer, 'pipe']);
    closeSync(writer);
    return watch(child, () => {
      closeSync(reader);
    });
  };
}

function fill(path: string): void {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    for (;;) writeSync(descriptor, 'x'.repeat(512));
  } catch {
    closeSync(descriptor);
  }
}

/** A terminal, of `script`, which is then sent a signal: it stops, or goes. */
export function onTerminal(signal: 'SIGSTOP' | 'SIGKILL'): Launch {
  return (env, folder, program) => launchOnTerminal(signal, env, folder, program);
}

function launchOnTerminal(
  signal: NodeJS.Signals,
  env: NodeJS.ProcessEnv,
  folder: string,
  program: readonly string[] = SERVICE,
): Launched {
  const [pidFile, codeFile] = [join(folder, 'pid'), join(folder, 'code')];
  // In a session of its own no SIGHUP reaches it when the terminal goes.
  const inner =
    `trap "" HUP; setsid node ${program.join(' ')} & echo $! >${pidFile}; ` +
    `wait $!; echo $? >${codeFile}`;
  const script = spawn('script', ['-qec', inner, '/dev/null'], {
    cwd: ROOT,
    env: { ...env, SHELL: '/bin/sh' },
    stdio: 'ignore',
  });
  const pid = Number(waitForFile(pidFile));
  return {
    pid,
    stderr: () => '',
    spoil: () => script.kill(signal),
    ended: (async () => {
      while (!existsSync(codeFile)) await pause(20);
      await pause(20);
      script.kill('SIGKILL');
      return Number(readFileSync(codeFile, 'utf8'));
    })(),
  };
}

function waitForFile(path: string): string {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (text.endsWith('\n')) return text;
    execFileSync('sleep', ['0.02']);
  }
}

function start(program: readonly string[], env: NodeJS.ProcessEnv, stdio: StdioOptions) {
  return spawn(process.execPath, [...program], { cwd: ROOT, env, stdio });
}

function watch(child: ChildProcess, spoil: () => void): Launched {
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    pid: child.pid!,
    stderr: () => stderr,
    spoil,
    ended: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string),
  };
}

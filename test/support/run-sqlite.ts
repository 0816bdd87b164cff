import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { ROOT } from './run.js';

interface Answer {
  value?: unknown;
  code?: string;
  message?: string;
}

export type SqliteProcess = Awaited<ReturnType<typeof startSqlite>>;

/** SQLite in a process of its own. `coalescing` has the service's VFS, `plain` has SQLite's. Files are opened when they are first named. */
export async function startSqlite(
  kind: 'coalescing' | 'plain',
  { extension, fileBlocks }: { extension?: string; fileBlocks?: number } = {},
) {
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${String(fileBlocks)} && `;
  const program = join(ROOT, 'test/support/sqlite-process.mjs');
  const child = spawn(
    'sh',
    ['-c', `${limit}exec "$0" "$@"`, process.execPath, program, kind, extension ?? []].flat(),
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const ended = once(child, 'close');
  await once(child, 'message');

  async function ask(...message: string[]): Promise<Answer> {
    const answered = once(child, 'message');
    child.send(message);
    const [answer] = (await Promise.race([answered, ended])) as [Answer];
    return answer;
  }

  return {
    /** Throws what SQLite throws. */
    async run(file: string, sql: string): Promise<void> {
      const { code, message } = await ask('run', file, sql);
      if (message !== undefined) throw Object.assign(new Error(message), { code });
    },
    /** What SQLite says to it: `OK`, or the code of an error. */
    async attempt(file: string, sql: string): Promise<string> {
      const { code = 'OK' } = await ask('run', file, sql);
      return code;
    },
    async read(file: string, sql: string): Promise<unknown[][]> {
      const { value, message } = await ask('read', file, sql);
      if (message !== undefined) throw new Error(message);
      return value as unknown[][];
    },
    async close(file: string): Promise<void> {
      await ask('close', file);
    },
    /** Commits one transaction after the other, with their number in the place of `?`, until it is killed. Returns how many were said to be committed. */
    async commitUntilKilled(file: string, sql: string, count: number): Promise<number> {
      let said = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split('\n').length > count) child.kill('SIGKILL');
      });
      child.send(['commitForEver', file, sql]);
      await ended;
      return said.split('\n').length - 1;
    },
    async stop(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Compiles an extension of this folder. */
export function compileExtension(name: string, folder: string): string {
  const file = join(folder, `${name}.so`);
  const { status, stderr } = spawnSync(
    'cc',
    [
      ...['-shared', '-fPIC', '-I', 'node_modules/better-sqlite3-node-api/deps/sqlite3'],
      ...['-o', file, `test/support/${name}.c`],
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return file;
}

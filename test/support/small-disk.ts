import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from './run.js';

/** A file system of so many MiB, which only those see who enter it. */
export interface SmallDisk {
  /** Its root, within. */
  folder: string;
  /** What runs a program within: to be put in front of it and its arguments. */
  enter: readonly string[];
  /** Runs a program within, to its end. */
  run(program: string, ...args: string[]): void;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives that room back. */
  empty(): void;
  close(): Promise<void>;
}

/** Who it belongs to, where that is another user. */
export interface Owner {
  uid?: number;
  gid?: number;
}

/**
 * In memory, in a mount namespace of its own (user_namespaces(7)): nobody has to be root, and it is gone with the last
 * process in it. Linux alone has those.
 */
export async function createSmallDisk(megabytes: number, owner: Owner = {}): Promise<SmallDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'user-statuses-disk-'));
  const mount = `mount -t tmpfs -o size=${String(megabytes)}m,mode=0700 tmpfs '${folder}' && echo && exec cat`;
  const holder = spawn(
    'unshare',
    ['--user', '--map-current-user', '--keep-caps', '--mount', 'sh', '-c', mount],
    { ...owner, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [end] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])) as [
    unknown,
  ];
  if (!(end instanceof Buffer)) throw new Error('a file system in memory cannot be mounted');
  const enter = [
    ...['nsenter', '--preserve-credentials', '--user', '--mount', '--target', String(holder.pid)],
    // Or it would be the root.
    ...['--', 'env', '-C', owner.uid === undefined ? ROOT : '/'],
  ];

  function tryRun(...command: readonly string[]): boolean {
    const [nsenter, ...args] = [...enter, ...command];
    return spawnSync(nsenter!, args, { ...owner, cwd: '/' }).status === 0;
  }

  const ballast = join(folder, 'ballast');
  return {
    folder,
    enter,
    run(program, ...args) {
      if (!tryRun(program, ...args)) throw new Error(`${program} failed: ${args.join(' ')}`);
    },
    fill() {
      // Whole pages are all that there is.
      if (tryRun('dd', 'if=/dev/zero', `of=${ballast}`, 'bs=4k')) throw new Error('it has no end');
    },
    empty() {
      if (!tryRun('rm', ballast)) throw new Error('it was not filled');
    },
    async close() {
      holder.stdin.end();
      await once(holder, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

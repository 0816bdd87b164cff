/**
 * Makes the benchmark, a package of its own, ready to run: installs what it measures against, once,
 * and compiles it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

function run(...args) {
  const { status } = spawnSync('npm', args, {
    cwd: 'bench',
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync('bench/node_modules')) run('ci');
run('run', '--silent', 'build');

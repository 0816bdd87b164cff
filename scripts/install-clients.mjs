/** Installs the clients that the service is tried with, where their lock file is newer. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const FOLDER = 'test/clients';

/** When a file was written; never, where there is none. */
function timeOf(file) {
  return statSync(`${FOLDER}/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

// npm writes the first when it is done.
if (timeOf('node_modules/.package-lock.json') < timeOf('package-lock.json')) {
  console.error('Installing the clients…');
  // No package of them needs its scripts.
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
}

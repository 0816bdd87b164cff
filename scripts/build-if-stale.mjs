/** Builds where it is needed. An installation without the compiler keeps its `dist` as it is. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { isStale, PROGRAM } from './is-stale.mjs';

const COMPILER = 'node_modules/.bin/nest';

if (!existsSync(COMPILER)) {
  if (!existsSync(PROGRAM)) {
    console.error("dist is missing and so is the compiler: run 'npm ci' without --omit=dev first.");
    process.exitCode = 1;
  }
} else if (isStale()) {
  console.error('Building…');
  process.exitCode =
    spawnSync('npm', ['run', '--silent', 'build'], {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    }).status ?? 1;
}

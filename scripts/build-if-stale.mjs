/** Builds `dist` where it is missing or older than a source. An installation without the compiler keeps its `dist` as it is. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = 'dist/src/main.js';
const COMPILER = 'node_modules/.bin/nest';
const SOURCES = [
  'src',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const isBuilt = existsSync(BUILT);
if (!existsSync(COMPILER)) {
  if (!isBuilt) {
    console.error("dist is missing and so is the compiler: run 'npm ci' without --omit=dev first.");
    process.exitCode = 1;
  }
} else if (!isBuilt || Math.max(...SOURCES.map(newest)) > statSync(BUILT).mtimeMs) {
  console.error('Building…');
  process.exitCode =
    spawnSync('npm', ['run', '--silent', 'build'], {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    }).status ?? 1;
}

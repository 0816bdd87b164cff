/**
 * Builds `dist` where it is missing or older than a source. An installation without the compiler
 * keeps its `dist` as it is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = 'dist/src/main.js';
const BUILT_LAST = 'dist/serve.bundle.js.cache';
const COMPILER = 'node_modules/.bin/nest';
const SOURCES = [
  'src',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  'scripts/bundle.mjs',
  'scripts/code-cache.mjs',
];

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (!existsSync(COMPILER)) {
  if (!existsSync(PROGRAM)) {
    console.error("dist is missing and so is the compiler: run 'npm ci' without --omit=dev first.");
    process.exitCode = 1;
  }
} else if (Math.max(...SOURCES.map(newest)) > newest(BUILT_LAST)) {
  console.error('Building…');
  process.exitCode =
    spawnSync('npm', ['run', '--silent', 'build'], {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    }).status ?? 1;
}

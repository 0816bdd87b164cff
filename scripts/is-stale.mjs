import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = [
  'src',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  'rolldown.config.mjs',
];

/** What `npm start` runs, and the build writes last. */
export const PROGRAM = join(ROOT, 'dist/bundle/main.js');

/** Whether the program is missing or older than a source. */
export function isStale() {
  return Math.max(...SOURCES.map((name) => newest(join(ROOT, name)))) > newest(PROGRAM);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

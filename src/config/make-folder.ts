import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it. `mkdirSync` with `recursive` would try for ever where there
 * can be none, as in `/proc`: told that something is missing, it makes what is above once more.
 */
export function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (existsSync(path) || dirname(path) === path) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was first; but a link that leads nowhere is no folder.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

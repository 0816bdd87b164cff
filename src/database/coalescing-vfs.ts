import { fileURLToPath } from 'node:url';

import { Logger } from '@nestjs/common';

import { DIST } from './dist.js';
import type { SqliteDriver } from './sqlite-driver.js';

/** Compiled of `coalescing-vfs.c`, where the build found a C compiler (scripts/build-vfs.mjs). */
const EXTENSIONS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'coalescing-vfs.so',
  darwin: 'coalescing-vfs.dylib',
};

/**
 * Has SQLite write a transaction to the write-ahead log in few system calls, on every connection that this process, with its threads,
 * opens from now on. All works without, more slowly.
 */
export function coalesceWrites(Driver: SqliteDriver): void {
  const name = EXTENSIONS[process.platform];
  if (name === undefined) return;
  const file = fileURLToPath(new URL(name, DIST));
  const connection = new Driver(':memory:');
  try {
    connection.loadExtension(file);
  } catch {
    new Logger().warn(
      `Writes take more system calls than they need: '${file}' is missing, or made for another machine.`,
    );
  } finally {
    connection.close();
  }
}

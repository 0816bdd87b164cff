/**
 * Compiles the extension of SQLite that saves it system calls (src/database/coalescing-vfs.c). Where there is no C compiler, the
 * service does without.
 */
import { spawnSync } from 'node:child_process';

const SUFFIX = { linux: 'so', darwin: 'dylib' }[process.platform];

if (SUFFIX !== undefined) {
  // As make has it: with options, it may be.
  const [compiler, ...options] = (process.env.CC?.trim() || 'cc').split(/\s+/);
  const { status } = spawnSync(
    compiler,
    [
      ...[...options, '-O2', '-shared', '-fPIC'],
      ...['-I', 'node_modules/better-sqlite3-node-api/deps/sqlite3'],
      ...['-o', `dist/coalescing-vfs.${SUFFIX}`, 'src/database/coalescing-vfs.c'],
    ],
    { stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) {
    console.error(
      `Without a C compiler ('${compiler}' is none that works), writes will take more system calls than they need.`,
    );
  }
}

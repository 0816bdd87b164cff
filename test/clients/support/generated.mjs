/** Code that a generator writes: beside the packages that it imports, and compiled as it stands. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { build } from 'esbuild';

const CLIENTS = fileURLToPath(new URL('..', import.meta.url));

/** What a project of today has; some generators ask for the file. */
const PROJECT = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'Bundler',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  },
};

const run = promisify(execFile);

/** A new folder of this name, with nothing in it but a TypeScript project. */
export function createProject(name) {
  const folder = join(CLIENTS, '.generated', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(PROJECT));
  return folder;
}

/** Runs a program of the packages in a folder. Throws with what it said where it fails. */
export async function runTool(name, args, folder) {
  try {
    await run(join(CLIENTS, 'node_modules/.bin', name), args, { cwd: folder });
  } catch (error) {
    throw new Error(`${name} failed: ${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** Checks the types of what was generated, and loads this file of it. */
export async function load(folder, entry) {
  await runTool('tsc', [], folder);
  const outfile = join(folder, 'bundle.mjs');
  await build({
    entryPoints: [join(folder, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  return import(pathToFileURL(outfile).href);
}

/**
 * The service and its libraries as one script, which `npm run build` makes of `serve.ts` (scripts/bundle.mjs). Without it, a start
 * finds, reads and compiles two thousand modules, which takes three quarters of its time.
 */
import { readFileSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

const DIST = fileURLToPath(new URL('..', import.meta.url));
const BUNDLE_FILE = join(DIST, 'serve.bundle.js');
const SOURCE_MAP_FILE = `${BUNDLE_FILE}.map`;
const PLACE_IN_BUNDLE = /serve\.bundle\.js:(\d+):(\d+)/;

/** What V8 compiled of the bundle when it ran before (scripts/code-cache.mjs). */
export const CODE_CACHE_FILE = `${BUNDLE_FILE}.cache`;

type Bundle = (require: NodeJS.Require, moduleUrl: string) => void;

/** `undefined` where there is no bundle. V8 itself refuses the code cache of another V8, or of another text, and compiles. */
export function compileBundle(): Script | undefined {
  // It is ASCII, of which V8 needs one byte for a character.
  const text = readIfThere(BUNDLE_FILE)?.toString('latin1');
  if (text === undefined) return undefined;
  const cachedData = readIfThere(CODE_CACHE_FILE);
  return new Script(text, { filename: BUNDLE_FILE, ...(cachedData && { cachedData }) });
}

export function runBundle(script: Script): void {
  if (process.sourceMapsEnabled) Error.prepareStackTrace = toStack;
  const run = script.runInThisContext() as Bundle;
  run(createRequire(BUNDLE_FILE), pathToFileURL(BUNDLE_FILE).href);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

let sourceMap: SourceMap | undefined;

/** Node's own `--enable-source-maps` knows of modules that Node loaded, and not of scripts. */
function toStack(error: Error, sites: readonly unknown[]): string {
  const calls = sites.map((site) => `\n    at ${toSource(String(site))}`);
  return `${Error.prototype.toString.call(error)}${calls.join('')}`;
}

/** A call site in words, with its place in the source instead of the one in the bundle. */
function toSource(site: string): string {
  const [place, line, column] = PLACE_IN_BUNDLE.exec(site) ?? [];
  if (place === undefined) return site;
  sourceMap ??= new SourceMap(
    JSON.parse(readFileSync(SOURCE_MAP_FILE, 'utf8')) as SourceMapPayload,
  );
  const origin = sourceMap.findEntry(Number(line) - 1, Number(column) - 1);
  // Libraries are not in the map: what is found for them is the line of ours before.
  if (!('originalSource' in origin) || origin.generatedLine !== Number(line) - 1) return site;
  const file = join(DIST, origin.originalSource);
  const { originalLine, originalColumn } = origin;
  return site.replace(
    join(DIST, place),
    `${file}:${String(originalLine + 1)}:${String(originalColumn + 1)}`,
  );
}

/**
 * The process. What is to be cached is loaded after the cache is on: so this is a file of its own.
 */
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

// Node 22.1 and later can keep what V8 compiles for the next start. Beside the program, and not in
// a folder that others may write to, because what is read from there is run.
const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => void };
enableCompileCache?.(fileURLToPath(new URL('compile-cache', import.meta.url)));

// Without a listener it would end the process, also while the rest is loaded; `serve.ts` has more.
process.on('SIGHUP', () => undefined);

await import('./serve.js');

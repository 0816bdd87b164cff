/** Where Jest finds a module. */
import { join, resolve, sep } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src') + sep;
const TEST = join(ROOT, 'test') + sep;

/** What is tested was built, as what is served is; only the tests are compiled for Jest. */
function find(request, { defaultResolver, ...options }) {
  if (request.startsWith('.') && request.endsWith('.js')) {
    const path = resolve(options.basedir, request);
    if (path.startsWith(SRC)) return join(ROOT, 'dist', path.slice(ROOT.length));
    if (path.startsWith(TEST)) return path.replace(/\.js$/, '.ts');
  }
  return defaultResolver(request, options);
}

export default { sync: find, async: async (request, options) => find(request, options) };

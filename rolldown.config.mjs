/**
 * Makes a few files of two thousand, which would take a start three times as long to find and read.
 */
import { readFile } from 'node:fs/promises';

import { defineConfig } from 'rolldown';

/** Some of Nest's packages load others by this, which a bundler does not follow. */
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\);$/m;

const modules = {
  name: 'modules',
  load: {
    filter: { id: /\.[cm]?js$/ },
    async handler(id) {
      const code = await readFile(id, 'utf8');
      if (!id.includes('node_modules')) return { code, map: await readFile(`${id}.map`, 'utf8') };
      // With maps of the libraries, ours would be thirty times as large; they are readable as is.
      return { code: code.replace(OWN_REQUIRE, ''), map: { mappings: '' } };
    },
  },
};

/** What is loaded with the rest and never asked for: a tenth of a start. */
const unused = {
  name: 'unused',
  load: {
    filter: {
      id: [
        /node_modules\/libphonenumber-js\//,
        /node_modules\/typeorm\/driver\/(?!better-sqlite3|postgres|sqlite-abstract|types)[^/]+\//,
      ],
    },
    handler: () => ({ code: 'module.exports = {};', map: { mappings: '' } }),
  },
};

const COMMANDS = ['copy', 'reset', 'token'];

/** Each program on its own: one may not change the order in which another's modules run. */
function bundle(input, chunkFileNames, external = []) {
  return {
    input,
    platform: 'node',
    external: [/^better-sqlite3/, ...external],
    plugins: [unused, modules],
    // What is not installed is optional, and left to fail when it is asked for.
    checks: { unresolvedImport: false },
    output: {
      dir: 'dist/bundle',
      chunkFileNames,
      comments: { legal: true, annotation: false, jsdoc: false },
      sourcemap: true,
      sourcemapExcludeSources: true,
    },
  };
}

export default defineConfig([
  ...COMMANDS.map((name) => bundle(`dist/src/cli/${name}.js`, `${name}-[name].js`)),
  bundle(
    'dist/src/cli/user-statuses.js',
    'user-statuses-[name].js',
    COMMANDS.map((name) => `./${name}.js`),
  ),
  // Last: whether the build is up to date is asked of what it writes.
  bundle('dist/src/main.js', '[name].js'),
]);

/** Makes one script of `dist/src/serve.js` and its libraries. src/bundle.ts runs it. */
import { readFile } from 'node:fs/promises';

import { build } from 'rolldown';

/**
 * Some of Nest's packages make a `require` of their own. It would not be followed, and load
 * libraries a second time.
 */
const OWN_REQUIRE = /^const require = createRequire\(import\.meta\.url\);$/m;

const modules = {
  name: 'modules',
  load: {
    filter: { id: /\.[cm]?js$/ },
    async handler(id) {
      const text = await readFile(id, 'utf8');
      if (id.includes('node_modules')) {
        // With maps of the libraries, ours would be thirty times as large; they are readable as
        // they are.
        return { code: text.replace(OWN_REQUIRE, ''), map: { mappings: '' } };
      }
      return { code: text, map: await readFile(`${id}.map`, 'utf8') };
    },
  },
};

/** V8 keeps a text in one byte for a character, or in two where any character of it needs them. */
const ascii = {
  name: 'ascii',
  renderChunk: (text) => ({
    code: text.replaceAll(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
    map: null,
  }),
};

await build({
  input: 'dist/src/serve.js',
  platform: 'node',
  external: ['better-sqlite3', 'better-sqlite3-node-api'],
  plugins: [modules, ascii],
  // What is not installed is optional, and left to fail when it is asked for.
  checks: { unresolvedImport: false },
  transform: { define: { 'import.meta.url': 'moduleUrl' } },
  output: {
    file: 'dist/serve.bundle.js',
    format: 'cjs',
    codeSplitting: false,
    // A script cannot import.
    dynamicImportInCjs: false,
    banner: "(function (require, moduleUrl) {\n'use strict';",
    footer: '})',
    // Or all of it would be dropped, as a function that nobody calls.
    minify: false,
    comments: { legal: true, annotation: false, jsdoc: false },
    sourcemap: 'hidden',
    sourcemapExcludeSources: true,
  },
});

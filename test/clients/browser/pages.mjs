/** What a developer's web server would serve: pages, and the files of packages beside them. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const PACKAGES = fileURLToPath(new URL('../node_modules/', import.meta.url));

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.properties': 'text/plain',
};

/**
 * Serves `texts` by their paths, and below each path of `folders` a folder of the packages. It stops
 * behind the last test of the file.
 */
export async function servePages(texts, folders = {}) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const type = TYPES[extname(path)] ?? 'text/html';
    const file = findFile(path, folders);
    if (texts[path] !== undefined) {
      response.setHeader('content-type', `${type}; charset=utf-8`).end(texts[path]);
    } else if (file !== undefined) {
      response.setHeader('content-type', `${type}; charset=utf-8`);
      createReadStream(file).pipe(response);
    } else {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

function findFile(path, folders) {
  for (const [prefix, folder] of Object.entries(folders)) {
    if (!path.startsWith(prefix)) continue;
    const file = join(PACKAGES, folder, normalize(path.slice(prefix.length)));
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  }
  return undefined;
}

/** A script for a page, of this text and of the packages that it imports. */
export async function bundle(text) {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: PACKAGES },
    bundle: true,
    format: 'iife',
    loader: { '.css': 'empty' },
    write: false,
  });
  return outputFiles[0].text;
}

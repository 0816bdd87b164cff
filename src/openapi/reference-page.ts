/**
 * The page at `/docs`: swagger-ui, served by the service itself, and allowed to talk to nobody
 * else.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { SCRIPT } from './reference-page.script.js';
import { STYLE } from './reference-page.style.js';
import { toStaticFile, type StaticFile } from './static-file.js';

/** The path of the page as callers see it; empty where it is not served. */
export const REFERENCE_PAGE_PATH = Symbol('ReferencePagePath');

/** The page has no script and no style of its own in it; swagger-ui's own pictures are `data:`. */
const PAGE_HEADERS = {
  // Kept, and asked about before each use: the next release may have another.
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const ASSET_HEADERS = { ...PAGE_HEADERS, 'Cache-Control': 'public, max-age=3600' };

/** Addresses are relative, because a proxy in front may put a path before ours. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>User statuses: API reference</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <link rel="stylesheet" href="docs/narrow.css" />
  </head>
  <body>
    <noscript>This page needs JavaScript. The document is at \
<a href="openapi.json">openapi.json</a>.</noscript>
    <div id="reference"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/initialize.js"></script>
  </body>
</html>
`;

export const ASSET_NAMES = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'favicon-32x32.png',
  'initialize.js',
  'narrow.css',
] as const;

/** Those that are not swagger-ui's. */
const OWN_ASSETS: Readonly<Record<string, string>> = {
  'initialize.js': SCRIPT,
  'narrow.css': STYLE,
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css;charset=utf-8',
  js: 'text/javascript;charset=utf-8',
  png: 'image/png',
};

const assets = new Map<string, StaticFile>();

/** `undefined` for any name that is not in the list: no other file of the package is served. */
export function findAsset(name: string): StaticFile | undefined {
  const known = ASSET_NAMES.find((each) => each === name);
  if (known === undefined) return undefined;
  const asset = assets.get(known) ?? readAsset(known);
  assets.set(known, asset);
  return asset;
}

function readAsset(name: (typeof ASSET_NAMES)[number]): StaticFile {
  const own = OWN_ASSETS[name];
  const body = own === undefined ? readFileSync(locate(name)) : Buffer.from(own);
  return toStaticFile(body, CONTENT_TYPES[name.replace(/.*\./, '')]!, ASSET_HEADERS);
}

function locate(name: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('swagger-ui-dist/package.json')), name);
}

export const REFERENCE_PAGE = toStaticFile(
  Buffer.from(PAGE),
  'text/html;charset=utf-8',
  PAGE_HEADERS,
);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { parseConfig } from '../../src/config/config.js';
import { ERROR_STATUS } from '../../src/errors/graph-error.js';
import { ROOT } from '../support/run.js';

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

it('documents every error code with its status, and no other', () => {
  const documented = [...read('docs/errors.md').matchAll(/^### `(\w+)` \((\d+)\)$/gm)].map(
    ([, code, status]) => [code, Number(status)],
  );

  expect(documented).toEqual(Object.entries(ERROR_STATUS));
});

/** Name and default of each setting, as the tables of the page have them. */
function documentedSettings(): [string, string][] {
  return [
    ...read('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` +\| (?:`([^`]+)`|none) +\|/gm),
  ].map(([, name, value]) => [name!, value ?? '']);
}

it('documents every setting that is read, and no other', () => {
  const asked = new Set<string>();
  const environment = new Proxy<NodeJS.Dict<string>>(
    {},
    {
      get(_target, name) {
        asked.add(String(name));
        return undefined;
      },
    },
  );
  parseConfig(environment);

  expect(
    documentedSettings()
      .map(([name]) => name)
      .sort(),
  ).toEqual([...asked].sort());
});

it('documents the defaults that are in force', () => {
  expect(parseConfig(Object.fromEntries(documentedSettings()))).toEqual(parseConfig({}));
});

it('has no release without a heading, and says what is not released yet', () => {
  expect(read('CHANGELOG.md')).toMatch(/^## \[?Unreleased/m);
});

it.each([
  ['docs/conformance.md', 40],
  ['docs/security.md', 30],
])('names tests that there are for what is said in %s', (page, least) => {
  const citations = [
    // Where a line ends in the text of a page, a space is meant.
    ...read(page)
      .replace(/\s*\n(?!\n)/g, ' ')
      .matchAll(/`([\w/-]+\.e2e-spec\.ts)`: ("[^"]+"(?:, "[^"]+")*)/g),
  ].flatMap(([, file = '', words = '']) =>
    [...words.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
  );

  expect(citations.length).toBeGreaterThan(least);
  expect(
    citations.filter(({ file, title }) => !titlesOf(file).some((each) => each.includes(title))),
  ).toEqual([]);
});

it('looks at each of the ten risks', () => {
  const risks = [...read('docs/security.md').matchAll(/^### API(\d+): .+$/gm)];

  expect(risks.map(([, number]) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

/** What the tests of a file and its tables are called. */
function titlesOf(file: string): string[] {
  const titles = read(`test/${file}`).matchAll(/(?:\b(?:it|describe)|\))\(\s*(['"`])(.+?)\1,/g);
  return [...titles].map(([, , title = '']) => title);
}

it('draws every folder of the source in its code map', () => {
  const map = read('ARCHITECTURE.md');
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  expect(folders.length).toBeGreaterThan(5);
  expect(folders.filter((folder) => !map.includes(`\`src/${folder}/\``))).toEqual([]);
});

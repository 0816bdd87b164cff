import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';
import { instanceToPlain } from 'class-transformer';

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

/** Name, default and description of each setting, as the tables of the page have them. */
const DOCUMENTED = [
  ...read('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` +\| (?:`([^`]+)`|none) +\| (.+)$/gm),
].map(([, name = '', value = '', what = '']) => ({ name, value, what }));

/** The fields of the settings, by their variables. */
const SETTINGS = instanceToPlain(parseConfig({}), { excludeExtraneousValues: true });

it('documents every setting, in the order of the class, and no other', () => {
  expect(DOCUMENTED.map(({ name }) => name)).toEqual(Object.keys(SETTINGS));
});

it('documents the defaults that are in force', () => {
  const { DATABASE_URL, ...defaults } = Object.fromEntries(
    DOCUMENTED.map(({ name, value }) => [name, value]),
  );

  expect(parseConfig(defaults)).toEqual(parseConfig({}));
  // It lies in the folder that another setting names: its field has no default.
  expect(parseConfig({ DATABASE_URL }).database).toEqual(parseConfig({}).database);
});

it('says of no setting with a default that it has none', () => {
  const without = DOCUMENTED.filter(({ value }) => value === '').map(({ name }) => name);

  expect(without.filter((name) => String(SETTINGS[name] ?? '') !== '')).toEqual([]);
});

it.each(DOCUMENTED)('documents the bounds of $name, if it has any', ({ name, what }) => {
  const bounds = /\d+ to \d+/;

  expect(bounds.exec(what)?.[0]).toBe(bounds.exec(refusalOf({ [name]: 'x' }))?.[0]);
});

function refusalOf(env: Record<string, string>): string {
  try {
    parseConfig(env);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

it('has npm compile nothing of a driver that brings its binaries', () => {
  // npm reads this of the lock, where it does not write it, and would run node-gyp.
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { gypfile?: boolean }>;
  };

  expect(packages['node_modules/better-sqlite3']?.gypfile).toBe(false);
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

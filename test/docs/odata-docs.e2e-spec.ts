import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, expect, it } from '@jest/globals';

import { MAX_AGGREGATES, MAX_TRANSFORMATIONS } from '../../src/odata/aggregation/apply-parser.js';
import {
  MAX_CHAINED_OPERATORS,
  MAX_EXPRESSION_DEPTH,
  MAX_EXPRESSION_TERMS,
} from '../../src/odata/expressions/expression-budget.js';
import {
  CONSTANT_FUNCTIONS,
  FUNCTIONS,
  SPECIAL_FUNCTIONS,
} from '../../src/odata/expressions/functions.js';
import { MAX_EXPRESSION_LENGTH } from '../../src/odata/expressions/lexer.js';
import {
  MAX_FOLDED_CHARACTERS,
  MAX_PATTERN_LENGTH,
  MAX_PATTERN_STEPS,
} from '../../src/odata/expressions/pattern.js';
import { MAX_COMPUTED_LENGTH } from '../../src/odata/expressions/expression-cost.js';
import { MAX_ORDER_ITEMS } from '../../src/odata/expressions/order-by.js';
import { DEFAULT_PAGE_SIZE, MAX_TOP } from '../../src/odata/protocol/paging.js';
import {
  MAX_SEARCH_DEPTH,
  MAX_SEARCH_LENGTH,
  MAX_SEARCH_TERMS,
} from '../../src/odata/expressions/search-parser.js';
import { seedFilterWorld } from '../support/filter-world.js';
import { ROOT } from '../support/run.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION } from '../support/user-status.js';

const PAGE = readFileSync(join(ROOT, 'docs/odata.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/\| `([$@][^`]+=[^`]+)` +\|$/gm)].map(([, query]) => query!);

// Nothing here writes: one world serves every row.
let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
  await seedFilterWorld(app);
});

/** The rows of the table under a heading, as their cells. */
function rowsUnder(heading: string): string[][] {
  const section = PAGE.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return section
    .split('\n')
    .filter((line) => /^\| [^-]/.test(line))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

it.each(EXAMPLES)('the page tells the truth: %s', async (query) => {
  const answer = await app.send('GET', `${COLLECTION}?${query}`);

  expect(answer.status).toBe(200);
});

it('the page has an example in every row of its tables', () => {
  const rows = ['Options', 'Groups', 'Literals', 'Operators', 'Functions', 'Null'].flatMap(
    rowsUnder,
  );
  const without = rows.filter((cells) => !/^`[$@]/.test(cells.at(-1)!));

  // A page token is nobody's to write.
  expect(without.map(([name]) => name)).toEqual(['`$skiptoken`']);
  expect(EXAMPLES).toHaveLength(rows.length - 1);
});

it('the page documents every function, and no other', () => {
  const names = [FUNCTIONS, CONSTANT_FUNCTIONS].flatMap((table) => Object.keys(table));

  expect(
    rowsUnder('Functions')
      .map(([name]) => name!.replaceAll('`', ''))
      .sort(),
  ).toEqual([...names, ...SPECIAL_FUNCTIONS].sort());
});

it('the page tells the limits that are in force', () => {
  expect(rowsUnder('Limits').map(([, limit]) => Number(limit))).toEqual([
    MAX_EXPRESSION_LENGTH,
    MAX_EXPRESSION_DEPTH,
    MAX_EXPRESSION_TERMS,
    MAX_CHAINED_OPERATORS,
    MAX_PATTERN_LENGTH,
    MAX_PATTERN_STEPS,
    MAX_FOLDED_CHARACTERS,
    MAX_COMPUTED_LENGTH,
    MAX_ORDER_ITEMS,
    MAX_TRANSFORMATIONS,
    MAX_AGGREGATES,
    MAX_SEARCH_LENGTH,
    MAX_SEARCH_TERMS,
    MAX_SEARCH_DEPTH,
    MAX_TOP,
    DEFAULT_PAGE_SIZE,
  ]);
});

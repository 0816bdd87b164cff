/** Whatever text an expression is, it is answered, or refused with the place of its fault. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { shareOf } from '../support/faults.js';
import { expressionsOver } from '../support/filter-arbitrary.js';
import type { Row } from '../support/filter-expression.js';
import { rows } from '../support/filter-samples.js';
import { toFilterText } from '../support/filter-text.js';
import { createRows } from '../support/row-collection.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

/** Another number of cases, or other ones, than those of every run. */
const CASES = Number(process.env.FILTER_CASES ?? 1200);
const SEED = Number(process.env.FILTER_SEED ?? 20_261_124);
const LANES = [0, 1, 2, 3];

/** The longest text that a request line holds together with a collection's path. */
const LONGEST = 8192;

/** Generous: it shows the difference between a moment and a standstill. */
const PATIENCE_MS = 5000;

const TOKENS = [
  ...[
    '(',
    ')',
    ',',
    ':',
    '/',
    '-',
    '+',
    "'",
    "''",
    '"',
    '[',
    ']',
    '{',
    '}',
    '@p',
    '$it/',
    '$',
    '%',
  ],
  ...[' and ', ' or ', 'not ', ' eq ', ' in ', ' has ', ' add ', ' mul ', ' mod ', ' desc', ' x '],
  ...['null', 'true', '0', '1e400', '-INF', 'NaN', '99999999999999999999', '2017-01-01', '12:30'],
  ...['2017-02-30T00:00:00Z', "duration'P1D'", 'id', 'status', 'cast(', 'case(', 'isof(', 'any('],
  ...['\u0000', '\uFFFF', '\u{10FFFF}', '\u00A0', '\n', ';', '&', '#', '=', '?', '--', '/*', '\\'],
];

let app: TestApp;
let collection: string;
let given: Row[];
beforeAll(async () => {
  app = await borrowTestApp();
  given = fc.sample(rows(5), { seed: SEED, numRuns: 1 })[0]!;
  collection = await createRows(app, 'malformed', given);
});
describe.each(['$filter', '$orderby'])('a text for %s', (option) => {
  it('is answered or refused with the place of its fault, however it was damaged', async () => {
    const check = (lane: number) =>
      fc.assert(
        fc.asyncProperty(damagedExpressions(), async (text) => {
          await requireSoundAnswer(option, text);
        }),
        { seed: SEED + lane, numRuns: CASES / 2 / LANES.length, includeErrorInReport: true },
      );
    await Promise.all(shareOf(LANES).map(check));
  }, 120_000);

  it.each([
    ['parentheses', '(', 'true', ')'],
    ['parentheses that stay open', '(', 'true', ''],
    ['parentheses that were never opened', '', 'true', ')'],
    ['not', 'not ', 'true', ''],
    ['not and parentheses', 'not (', 'true', ')'],
    ['signs', '-', 'devicesCount', ''],
    ['signs apart', '- ', '-9223372036854775808', ''],
    ['and', 'true and ', 'true', ''],
    ['or', 'contains(id,null) or ', 'true', ''],
    ['and, or and not', 'not null and id gt null or ', 'true', ''],
    ['comparisons', 'null eq ', 'null', ''],
    ['comparisons of order', 'null gt ', 'null', ''],
    ['comparisons with a property', 'userDisplayName le ', 'null', ''],
    ['remainders', 'devicesCount mod ', '7', ''],
    ['comparisons of truth', 'true ne ', 'true', ''],
    ['reflexive comparisons', 'userDisplayName ge userPrincipalName eq (', 'true', ')'],
    ['additions', 'devicesCount add ', '1', ''],
    ['divisions', '1 divby ', '0', ''],
    ['lists', 'null in (null) eq ', 'true', ''],
    ['memberships', '', 'true', ' in (true)'],
    ['functions', 'concat(id,', 'id', ')'],
    ['functions of one', 'tolower(', 'id', ')'],
    ['casts', 'cast(', '1', ',Edm.String)'],
    ['cases', 'case(true:', '1', ',false:2)'],
    ['conditions', 'case(', 'true', ':true)'],
    ['durations', "duration'PT1S' add ", "duration'PT1S'", ''],
    ['quotes', "''", "'", ''],
    ['commas', 'id,', 'id', ''],
    ['minus and plus', '-+', '1', ''],
    ['list items', 'devicesCount in (1', ',1', ')'],
  ])('is answered in moments, however many %s it has', async (_what, before, inner, after) => {
    const longest = Math.floor((LONGEST - inner.length) / (before.length + after.length));
    for (const times of [1, 48, 99, 498, longest >> 1, longest]) {
      const text = before.repeat(times) + inner + after.repeat(times);
      const start = performance.now();
      await requireSoundAnswer(option, text);
      expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
    }
  });
});

function damagedExpressions(): fc.Arbitrary<string> {
  const damage = fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(4),
    inserted: fc.oneof(fc.constant(''), fc.constantFrom(...TOKENS), fc.string({ maxLength: 3 })),
    isSwap: fc.boolean(),
  });
  const texts = fc
    .tuple(expressionsOver(given)('boolean', 3), fc.nat())
    .map(([expression, spelling]) => toFilterText(expression, spelling));
  return fc
    .tuple(texts, fc.array(damage, { minLength: 1, maxLength: 3 }))
    .map(([text, damages]) => {
      const characters = Array.from(text);
      for (const { place, removed, inserted, isSwap } of damages) {
        const at = Math.floor(place * characters.length);
        const cut = characters.splice(at, removed);
        characters.splice(at, 0, ...Array.from(inserted), ...(isSwap ? cut.reverse() : []));
      }
      return characters.join('');
    });
}

async function requireSoundAnswer(option: string, text: string): Promise<void> {
  const query = `${option}=${encodeURIComponent(text.toWellFormed())}`;
  const answer = await app.send('GET', `${collection}?$top=1&${query}`);
  if (answer.status === 200) return;

  const { error } = answer.body as { error: { code: string; message: string; target?: string } };
  const isPlaced = error.target !== option || /at position \d+/.test(error.message);
  const isKnown = ['400 BadRequest', '414 UriTooLong', '501 NotImplemented'].includes(
    `${String(answer.status)} ${error.code}`,
  );
  if (isPlaced && isKnown) return;
  throw new Error(`${option}=${text}\nis answered ${String(answer.status)}: ${answer.text}`);
}

/** The same requests at random to a service on PostgreSQL and to one on SQLite: what they answer is the same, byte for byte. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { sized } from '../../support/faults.js';
import { createTestDatabase, type CreatedDatabase } from '../../support/postgres.js';
import { manyRows, requestsOver } from '../../support/request-arbitrary.js';
import { requireSameAnswers, startTwins, type Twins } from '../../support/twins.js';

/** Another number of cases, or other ones, than those of every run. */
const CASES = Number(process.env.TWIN_CASES ?? sized(1600, 48));
const SEED = Number(process.env.TWIN_SEED ?? 20_261_126);

const ROWS = 20;
const CASES_PER_COLLECTION = sized(40, 12);
const REQUESTS_PER_CASE = 24;
/** Cases under way at once, each in a collection of its own. */
const LANES = 4;
/** For a smaller case that fails, too. */
const PATIENCE_MS = 60_000;

let database: CreatedDatabase;
let twins: Twins;
let compared = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  twins = await startTwins(database.url);
}, 60_000);

afterAll(async () => {
  await twins.close();
  await database.drop();
});

describe('services on different engines', () => {
  const collections = fc.sample(manyRows(ROWS), {
    seed: SEED,
    numRuns: Math.ceil(CASES / CASES_PER_COLLECTION),
  });

  it.each(collections.map((given, number) => ({ given, number })))(
    'answer the same, whatever is asked of collection $number',
    async ({ given, number }) => {
      const requests = fc.array(requestsOver(given), {
        minLength: 1,
        maxLength: REQUESTS_PER_CASE,
        size: 'max',
      });
      let runs = 0;
      const check = (lane: number) =>
        fc.assert(
          fc.asyncProperty(requests, async (asked) => {
            runs += 1;
            const name = `twin-${String(number)}-${String(runs)}`;
            const answers = await requireSameAnswers(twins, name, given, asked);
            compared += answers;
          }),
          {
            seed: SEED + number * LANES + lane,
            numRuns: CASES_PER_COLLECTION / LANES,
            includeErrorInReport: true,
            interruptAfterTimeLimit: PATIENCE_MS,
            markInterruptAsFailure: true,
          },
        );
      await Promise.all(Array.from({ length: LANES }, (_, lane) => check(lane)));
    },
    600_000,
  );

  it('have been asked for enough', () => {
    expect(compared).toBeGreaterThan(CASES * 10);
  });
});

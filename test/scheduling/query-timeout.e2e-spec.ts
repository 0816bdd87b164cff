import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seed } from '../support/seed.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION } from '../support/user-status.js';

const LONG_NAME = 'ü'.repeat(1024);

/** Each takes far longer than the limit for all rows together, and next to nothing for one. */
const NEST = `${'tolower(toupper('.repeat(20)}userDisplayName${'))'.repeat(20)}`;
const MANY = Array.from({ length: 100 }, (_, i) => `indexof(userDisplayName,'x${String(i)}') ge 0`);

let app: OwnTestApp;

// Nothing here writes: one world serves every row.
beforeAll(async () => {
  app = await startTestApp({ QUERY_TIMEOUT_MS: '10' });
  const ids = Array.from({ length: 600 }, (_, i) => `user-${String(i)}`);
  await seed(app, Object.fromEntries(ids.map((id) => [id, { userDisplayName: LONG_NAME }])));
});

afterAll(async () => {
  await app.close();
});

describe('a query that takes too long', () => {
  it.each([
    ['by functions in $filter', `?$filter=${NEST} eq 'x'`],
    ['by what the database does itself', `?$filter=${MANY.join(' or ')}`],
    ['by functions in $orderby', `?$orderby=${NEST}`],
    [
      'by a search',
      `?$search=${Array.from({ length: 50 }, (_, i) => `x${String(i)}`).join(' OR ')}`,
    ],
    ['on its way to a count', `/$count?$filter=${NEST} eq 'x'`],
  ])('is refused: %s', async (_how, query) => {
    const answer = await app.send('GET', COLLECTION + query);

    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'BadRequest',
          target: '$filter',
          message: expect.stringContaining('longer than 10 ms'),
        },
      },
    });
  });

  it('leaves the next one all its time', async () => {
    await app.send('GET', `${COLLECTION}?$filter=${NEST} eq 'x'`);

    expect(await app.send('GET', `${COLLECTION}/user-7`)).toMatchObject({ status: 200 });
    expect(await app.send('GET', `${COLLECTION}?$top=5`)).toMatchObject({ status: 200 });
  });
});

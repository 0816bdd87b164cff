/** The counts by status, which each connection keeps in rows of its own: their sums are the truth, whoever writes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { CollectionName } from '../../../src/database/table.js';
import { createTestDatabase, query, type CreatedDatabase } from '../../support/postgres.js';
import { toRow, UserStatusStore } from '../../support/user-status-store.js';

const COLLECTIONS: CollectionName[] = [0, 1].map((navigation) => ({
  deviceConfigurationId: 'counted',
  navigation,
}));
/** So few keys that writers meet on them all the time. */
const KEYS = 40;
const STATUSES = 8;
const WRITES = 3000;
/** How many writes of a service are under way. */
const AT_ONCE = 64;

const KEPT = `
  SELECT collection_id, status, sum("count")::int AS "count" FROM user_status_count
  GROUP BY 1, 2 HAVING sum("count") <> 0 ORDER BY 1, 2`;
const COUNTED = `
  SELECT collection_id, status, count(*)::int AS "count" FROM user_status GROUP BY 1, 2 ORDER BY 1, 2`;

interface Step {
  kind: 'insert' | 'update' | 'remove';
  id: string;
  status: number;
  collection: CollectionName;
}

const STEP: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step['kind']>('insert', 'insert', 'update', 'update', 'remove'),
  id: fc.integer({ min: 1, max: KEYS }).map((number) => `user-${String(number)}`),
  status: fc.integer({ min: 0, max: STATUSES - 1 }),
  collection: fc.constantFrom(...COLLECTIONS),
});

let postgres: CreatedDatabase;
let stores: UserStatusStore[];

beforeAll(async () => {
  postgres = await createTestDatabase();
  stores = [await UserStatusStore.open(postgres.url), await UserStatusStore.open(postgres.url)];
});

afterAll(async () => {
  for (const store of stores) await store.close();
  await postgres.drop();
});

async function take(
  store: UserStatusStore,
  { kind, id, status, collection }: Step,
): Promise<string> {
  const row = toRow(id, { status });
  const outcome =
    kind === 'insert'
      ? await store.insert(row, collection)
      : kind === 'remove'
        ? await store.remove(id, collection)
        : await store.change(id, () => ({ kind: 'store', row }), collection);
  return outcome.kind;
}

/** As many at once as may be, until all steps are taken. */
async function takeAll(store: UserStatusStore, steps: Iterator<Step>): Promise<string[]> {
  const outcomes: string[] = [];
  async function go(): Promise<void> {
    for (let next = steps.next(); next.done !== true; next = steps.next()) {
      outcomes.push(await take(store, next.value));
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, go));
  return outcomes;
}

describe('the counts by status', () => {
  it('are those of the rows when two services have written at random, and no write has failed', async () => {
    const [mine, others] = fc.sample(fc.array(STEP, { minLength: WRITES, maxLength: WRITES }), {
      numRuns: 2,
      seed: 17,
    });
    const outcomes = await Promise.all([
      takeAll(stores[0]!, mine!.values()),
      takeAll(stores[1]!, others!.values()),
    ]);
    const kinds = new Set(outcomes.flat());

    expect(outcomes.flat()).toHaveLength(2 * WRITES);
    expect(kinds).toEqual(new Set(['written', 'duplicate', 'deleted']));
    expect(await query(postgres.url, KEPT)).toEqual(await query(postgres.url, COUNTED));
  });

  it('are kept in buckets of which one alone may be negative', async () => {
    await stores[0]!.insert(toRow('moved', { status: 1 }));
    for (let i = 0; i < 4; i += 1) {
      // Each time both services have a part in it.
      await stores[i % 2]!.update('moved', () => ({ status: i % 2 === 0 ? 6 : 1 }));
    }
    await stores[1]!.remove('moved');

    expect(await query(postgres.url, KEPT)).toEqual(await query(postgres.url, COUNTED));
    expect(
      await query(
        postgres.url,
        'SELECT 1 AS "negative" FROM user_status_count WHERE "count" < 0 LIMIT 1',
      ),
    ).toEqual([{ negative: 1 }]);
  });
});

/** More writes than the database takes: some are refused at once, and those that were let in are not held up by the rest. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Answer } from '../support/client.js';
import { pause, sized } from '../support/faults.js';
import { runProgram } from '../support/run-program.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

/** How many writes may be under way (`scheduling/admission.ts`), and how many are sent. */
const MAX_WRITES = 512;
const SENT = 700;

/** Of what is measured in full; other files of the suite leave the short form nothing to measure. */
const SECONDS = sized(5, 0.3);
const CONNECTIONS = sized(64, 16);
const SLOWER = sized(5, 1000);

interface Storm {
  statuses: Record<string, { count: number; p50: number; p99: number; max: number }>;
  withoutAdvice: number;
  lost: number;
}

let app: OwnTestApp;

beforeAll(async () => {
  app = await startTestApp({ LOG_LEVEL: 'info' });
}, 60_000);

beforeEach(async () => {
  await app.database.empty();
});

afterAll(async () => {
  await app.close();
});

function create(prefix: string, count: number): Promise<Answer>[] {
  return Array.from({ length: count }, (_, i) =>
    app.send('POST', COLLECTION, userStatus({ id: `${prefix}-${String(i)}` })),
  );
}

async function storm(connections: number, rate = 0): Promise<Storm> {
  const found = await runProgram('storm', {
    SERVICE_URL: app.url,
    TOKEN: app.token,
    COLLECTION,
    BODY: JSON.stringify(userStatus()),
    CONNECTIONS: String(connections),
    SECONDS: String(SECONDS),
    RATE: String(rate),
  });
  return found as unknown as Storm;
}

describe('writes that the database does not take', () => {
  it('are refused beyond a bound, reads are answered, and the rest is stored', async () => {
    await Promise.all(create('before', 1));
    const unlock = await app.database.lockWrites();
    let refused = 0;
    const writing = create('storm', SENT).map(async (sent) => {
      const answer = await sent;
      if (answer.status === 503) refused += 1;
      return answer;
    });
    while (refused < SENT - MAX_WRITES) await pause(10);
    const reads = await Promise.all(
      ['/before-0', '?$top=2', '/$count'].map((end) => app.send('GET', COLLECTION + end)),
    );
    const live = await app.send('GET', '/health/live');
    await unlock();
    const answers = await Promise.all(writing);
    const behind = await Promise.all(create('behind', 64));
    const stored = Number((await app.send('GET', `${COLLECTION}/$count`)).text);

    expect([...reads, live].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 503]));
    for (const { status, headers, body } of answers.filter((answer) => answer.status !== 201)) {
      expect({ status, retryAfter: headers.get('retry-after'), body }).toMatchObject({
        status: 503,
        retryAfter: '1',
        body: { error: { code: 'ServiceUnavailable' } },
      });
    }
    expect(behind.map(({ status }) => status)).toEqual(Array(64).fill(201));
    expect(stored).toBe(1 + answers.filter(({ status }) => status === 201).length + 64);
  }, 60_000);
});

describe('four times as many writes as are stored', () => {
  it('do not drown those that are let in, and leave nothing behind', async () => {
    await storm(CONNECTIONS);
    const before = await storm(CONNECTIONS);
    const most = before.statuses['201']!.count / SECONDS;
    const during = await storm(4 * CONNECTIONS, 4 * most);
    const after = await storm(CONNECTIONS);
    const figures = [before, during, after].map(({ statuses }) => statuses);

    expect(Object.keys(during.statuses).filter((status) => !/201|503/.test(status))).toEqual([]);
    expect({ ...during, statuses: {} }).toEqual({ statuses: {}, withoutAdvice: 0, lost: 0 });
    expect(during.statuses['201']!.p99).toBeLessThan(SLOWER * before.statuses['201']!.p99);
    expect(Object.keys(after.statuses)).toEqual(['201']);
    expect(after.statuses['201']!.p99).toBeLessThan(SLOWER * before.statuses['201']!.p99);
    if (SECONDS > 1) process.stdout.write(`${TEST_ENGINE} ${JSON.stringify(figures)}\n`);
  }, 120_000);
});

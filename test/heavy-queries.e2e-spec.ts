import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { LocalIssuer } from '../src/auth/local-issuer.js';
import { READ, READ_WRITE } from '../src/auth/permissions.js';
import { MAX_FOLDED_CHARACTERS } from '../src/odata/pattern.js';
import { seedManyRows } from './support/many-rows.js';
import { refusalOf } from './support/seed.js';
import { startTestApp, type TestApp } from './support/test-app.js';
import { COLLECTION, userStatus } from './support/user-status.js';

const ROWS = 20_000;

/** For each row some milliseconds: all of them would take minutes. */
const NEST = `${'tolower(toupper('.repeat(20)}userDisplayName${'))'.repeat(20)}`;
const FOR_EVER = `$filter=${NEST} eq 'x'`;

/** Looks at all rows, and takes some milliseconds for all of them. */
const SHORT = "$filter=contains(userPrincipalName,'u77@')";

const TIMEOUT_MS = 1500;

let app: TestApp;
let issuer: LocalIssuer;

// What is written here does not matter to the others.
beforeAll(async () => {
  app = await startTestApp({ QUERY_TIMEOUT_MS: String(TIMEOUT_MS) });
  if (app.config.auth.mode !== 'local') throw new Error('the tokens are not ours');
  issuer = await LocalIssuer.open(app.config.auth.keyFile);
  await seedManyRows(app.config.database.path, ROWS, 200);
});

afterAll(async () => {
  await app.close();
});

/** The header of a caller of this name. */
async function as(subject: string): Promise<{ authorization: string }> {
  const token = await issuer.sign({
    subject,
    permissions: [READ, READ_WRITE],
    lifetimeSeconds: 600,
  });
  return { authorization: `Bearer ${token}` };
}

/** Asks, and hangs up without having had an answer. */
function leave(query: string, headers: Record<string, string>): { hangUp: () => Promise<void> } {
  const outgoing = request(`${app.url}${COLLECTION}?${encodeURI(query)}`, { headers });
  const closed = new Promise<void>((resolve) => outgoing.on('close', resolve));
  outgoing.on('error', () => undefined);
  outgoing.end();
  return {
    async hangUp() {
      outgoing.destroy();
      await closed;
    },
  };
}

async function timeOf<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const since = performance.now();
  return { result: await work, ms: performance.now() - since };
}

describe('a caller who asks for much', () => {
  it('holds up neither creates, nor look-ups, nor the short queries of others', async () => {
    const heavy = await as('heavy');
    const asked = Array.from({ length: 12 }, () =>
      app.send('GET', `${COLLECTION}?${FOR_EVER}`, undefined, heavy),
    );
    const light = await as('light');
    const { ms } = await timeOf(
      (async () => {
        for (let n = 0; n < 5; n += 1) {
          const id = `beside-${String(n)}`;
          const created = await app.send('POST', COLLECTION, userStatus({ id }), light);
          expect(created.status).toBe(201);
          expect(await app.send('GET', `${COLLECTION}/${id}`)).toMatchObject({ status: 200 });
          const found = await app.send('GET', `${COLLECTION}?${SHORT}`, undefined, light);
          expect(found).toMatchObject({ status: 200, body: { value: [{ id: 'k00000077' }] } });
        }
      })(),
    );
    // The heavy ones are still at it: it took less than one of them.
    expect(ms).toBeLessThan(TIMEOUT_MS);

    const answers = (await Promise.all(asked)).map(refusalOf);
    expect(answers).toContain('400 BadRequest $filter');
    // Those that had to wait for the others had no time left for themselves.
    expect(answers).toContain('503 ServiceUnavailable');
    expect(new Set(answers).size).toBe(2);
  });

  it('is told when to come again', async () => {
    const heavy = await as('impatient');
    const asked = Array.from({ length: 70 }, () =>
      app.send('GET', `${COLLECTION}?${FOR_EVER}`, undefined, heavy),
    );
    // More than may wait are refused at once.
    const { result, ms } = await timeOf(Promise.race(asked));

    expect(refusalOf(result)).toBe('503 ServiceUnavailable');
    expect(result.headers.get('retry-after')).toBe('1');
    expect(ms).toBeLessThan(TIMEOUT_MS);
    await Promise.all(asked);
  });
});

it('what nobody waits for any more is dropped, whether it waits or runs', async () => {
  const [one, other] = [await as('one'), await as('other')];
  const left = [one, other].flatMap((headers) =>
    Array.from({ length: 20 }, () => leave(FOR_EVER, headers)),
  );
  // All threads are at it before they hang up.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.all(left.map(({ hangUp }) => hangUp()));
  const { result, ms } = await timeOf(app.send('GET', `${COLLECTION}?${SHORT}`, undefined, one));

  expect(result.status).toBe(200);
  expect(ms).toBeLessThan(TIMEOUT_MS - 300);
});

describe('a request has one time for all that it does', () => {
  const MANY = ['devicesCount', 'status', 'userDisplayName', 'userPrincipalName', 'id'].join(',');

  it.each([
    ['the count beside the page', `?${FOR_EVER}&$count=true`],
    ['each stretch of the order', `?$orderby=${MANY}&${FOR_EVER}`],
    ['what is skipped', `?$skip=10000&$orderby=${NEST}`],
    ['the count alone', `/$count?${FOR_EVER}`],
  ])('%s', async (_what, query) => {
    const { result, ms } = await timeOf(app.send('GET', COLLECTION + query));

    expect(refusalOf(result)).toBe('400 BadRequest $filter');
    expect(ms).toBeLessThan(2 * TIMEOUT_MS);
  });

  it('and so has a batch', async () => {
    const requests = Array.from({ length: 20 }, (_, n) => ({
      id: String(n),
      method: 'GET',
      url: `${COLLECTION}?${FOR_EVER}`,
    }));
    const { result, ms } = await timeOf(app.send('POST', '/v1.0/$batch', { requests }));
    const { responses } = result.body as { responses: { status: number }[] };
    const statuses = responses.map(({ status }) => status);

    expect(statuses).toHaveLength(20);
    expect(statuses.filter((status) => status !== 400 && status !== 503)).toEqual([]);
    expect(ms).toBeLessThan(6 * TIMEOUT_MS);
  });
});

describe('patterns', () => {
  /** A range that is looked up character by character, and another each time. */
  const wide = (n: number) => `[${String.fromCharCode(0x42 + n)}-\\u{1e942}]`;
  const match = (pattern: string) => `matchesPattern(id,'${pattern.replaceAll('\\', '%5C')}','i')`;

  it('are paid for before they are compiled', async () => {
    const mentions = Array.from({ length: 40 }, (_, n) => match(wide(n)));
    const { result, ms } = await timeOf(
      app.send(
        'GET',
        `/deviceManagement/deviceConfigurations/none/userStatuses?$filter=${mentions.join(' or ')}`,
      ),
    );

    expect(refusalOf(result)).toMatch(/^400 BadRequest \$filter @\d+$/);
    expect(result.text).toContain(String(MAX_FOLDED_CHARACTERS));
    // One of them took 13 ms at least.
    expect(ms).toBeLessThan(400);
  });

  it.each([
    ['any character', '^[\\s\\S]{8}7$', ['k00000007']],
    ['letters', '^[a-z]0{7}7$', ['k00000007']],
    ['one text in many places', wide(0), ['k00000007']],
  ])('of the usual kind are not refused: %s', async (_what, pattern, ids) => {
    const filter = `${Array(10).fill(match(pattern)).join(' and ')} and id eq 'k00000007'`;
    const answer = await app.send('GET', `${COLLECTION}?$select=id&$filter=${filter}`);

    expect(answer.text).toContain(ids[0]);
    expect(answer.status).toBe(200);
  });
});

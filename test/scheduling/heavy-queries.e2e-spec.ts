import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MAX_FOLDED_CHARACTERS } from '../../src/odata/expressions/pattern.js';
import { refusalOf } from '../support/seed.js';
import { signToken } from '../support/sign-token.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION, userStatus } from '../support/user-status.js';

const ROWS = 20_000;

/** For each row some milliseconds: all of them would take minutes. */
const NEST = `${'tolower(toupper('.repeat(20)}userDisplayName${'))'.repeat(20)}`;
const FOR_EVER = `$filter=${NEST} eq 'x'`;

/** Looks at all rows, and takes some milliseconds for all of them. */
const SHORT = "$filter=contains(userPrincipalName,'u77@')";

/** Longer than anything takes here that does not have to wait for it. */
const PATIENCE_MS = 20_000;
const TIMEOUT_MS = 1000;

/** One that lets queries run for long, and one that does not. */
let patient: OwnTestApp;
let app: OwnTestApp;

// What is written here does not matter to the others.
beforeAll(async () => {
  patient = await startWorld(PATIENCE_MS);
  app = await startWorld(TIMEOUT_MS);
});

afterAll(async () => {
  await patient.close();
  await app.close();
});

async function startWorld(timeoutMs: number): Promise<OwnTestApp> {
  const world = await startTestApp({ QUERY_TIMEOUT_MS: String(timeoutMs) });
  await world.database.addRows({ configuration: CONFIGURATION, count: ROWS, nameLength: 200 });
  return world;
}

/** The header of a caller of this name. */
async function as(world: OwnTestApp, subject: string): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await signToken(world, subject)}` };
}

/** Asks for what takes for ever, until it hangs up without having had an answer. */
function askForEver(headers: Record<string, string>) {
  const outgoing = request(`${patient.url}${COLLECTION}?${encodeURI(FOR_EVER)}`, { headers });
  const asking = { isAnswered: false, hangUp };
  const closed = new Promise<void>((resolve) => outgoing.on('close', resolve));
  outgoing.on('response', () => (asking.isAnswered = true));
  outgoing.on('error', () => undefined);
  outgoing.end();
  async function hangUp(): Promise<void> {
    outgoing.destroy();
    await closed;
  }
  return asking;
}

async function timeOf<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const since = performance.now();
  return { result: await work, ms: performance.now() - since };
}

describe('a caller who asks for much', () => {
  it('holds up neither creates, nor look-ups, nor the short queries of others', async () => {
    const heavy = await as(patient, 'heavy');
    const light = await as(patient, 'light');
    const asked = Array.from({ length: 12 }, () => askForEver(heavy));
    for (let n = 0; n < 5; n += 1) {
      const id = `beside-${String(n)}`;
      const created = await patient.send('POST', COLLECTION, userStatus({ id }), light);
      expect(created.status).toBe(201);
      const read = await patient.send('GET', `${COLLECTION}/${id}`, undefined, light);
      expect(read.status).toBe(200);
      const found = await patient.send('GET', `${COLLECTION}?${SHORT}`, undefined, light);
      expect(found).toMatchObject({ status: 200, body: { value: [{ id: 'k00000077' }] } });
    }

    expect(asked.filter(({ isAnswered }) => isAnswered)).toEqual([]);
    await Promise.all(asked.map(({ hangUp }) => hangUp()));
  });

  it('has what it asked for dropped when it hangs up, whether that waits or runs', async () => {
    const [one, other] = [await as(patient, 'one'), await as(patient, 'other')];
    // Two callers have all threads between them.
    const asked = [one, other].flatMap((headers) =>
      Array.from({ length: 20 }, () => askForEver(headers)),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(asked.filter(({ isAnswered }) => isAnswered)).toEqual([]);
    await Promise.all(asked.map(({ hangUp }) => hangUp()));
    const answer = await timeOf(patient.send('GET', `${COLLECTION}?${SHORT}`, undefined, one));

    expect(answer.result.status).toBe(200);
    expect(answer.ms).toBeLessThan(PATIENCE_MS / 2);
  });

  it('is told why, and when to come again', async () => {
    const heavy = await as(app, 'heavy');
    const asked = Array.from({ length: 70 }, () =>
      app.send('GET', `${COLLECTION}?${FOR_EVER}`, undefined, heavy),
    );
    // More than may wait are refused at once.
    const first = await Promise.race(asked);
    expect(refusalOf(first)).toBe('503 ServiceUnavailable');
    expect(first.headers.get('retry-after')).toBe('1');

    const refusals = new Set((await Promise.all(asked)).map(refusalOf));
    // Those that had to wait for the others had no time left for themselves.
    expect([...refusals].sort()).toEqual(['400 BadRequest $filter', '503 ServiceUnavailable']);
  });
});

describe('a request has one time for all that it does', () => {
  const MANY = ['devicesCount', 'status', 'userDisplayName', 'userPrincipalName', 'id'].join(',');

  it.each([
    ['the count beside the page', `?${FOR_EVER}&$count=true`],
    ['each stretch of the order', `?$orderby=${MANY}&${FOR_EVER}`],
    ['what is skipped', `?$skip=10000&$orderby=${NEST}`],
    ['the count alone', `/$count?${FOR_EVER}`],
    ['what is grouped', `?$apply=filter(${NEST} eq 'x')/groupby((status),aggregate($count as n))`],
    ['what groups are asked', `?$apply=groupby((id,userDisplayName))/filter(${NEST} eq 'x')`],
    ['the order of groups', `?$apply=groupby((id,userDisplayName))&$orderby=${NEST}`],
    ['the count of groups', `/$count?$apply=groupby((id,userDisplayName))&${FOR_EVER}`],
  ])('%s', async (_what, query) => {
    const { result, ms } = await timeOf(app.send('GET', COLLECTION + query));

    expect(refusalOf(result)).toBe('400 BadRequest $filter');
    expect(ms).toBeLessThan(4 * TIMEOUT_MS);
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
    expect(ms).toBeLessThan(10 * TIMEOUT_MS);
  });
});

describe('patterns', () => {
  /** A range that is looked up character by character, and another each time. */
  const wide = (n: number) => `[${String.fromCharCode(0x42 + n)}-\\u{1e942}]`;
  const match = (pattern: string) => `matchesPattern(id,'${pattern.replaceAll('\\', '%5C')}','i')`;

  it('are paid for before they are compiled', async () => {
    const mentions = Array.from({ length: 40 }, (_, n) => match(wide(n)));
    const path = '/deviceManagement/deviceConfigurations/none/userStatuses';
    const answer = await app.send('GET', `${path}?$filter=${mentions.join(' or ')}`);

    expect(refusalOf(answer)).toMatch(/^400 BadRequest \$filter @\d+$/);
    expect(answer.text).toContain(String(MAX_FOLDED_CHARACTERS));
  });

  it.each([
    ['any character', '^[\\s\\S]{8}7$'],
    ['letters', '^[a-z]0{7}7$'],
    ['one text in many places', wide(0)],
  ])('of the usual kind are not refused: %s', async (_what, pattern) => {
    const filter = `${Array(10).fill(match(pattern)).join(' and ')} and id eq 'k00000007'`;
    const answer = await app.send('GET', `${COLLECTION}?$select=id&$filter=${filter}`);

    expect(answer).toMatchObject({ status: 200, body: { value: [{ id: 'k00000007' }] } });
  });
});

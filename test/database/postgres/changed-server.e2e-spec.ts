/** What whoever runs the server does to it while it is served from: callers wait for it to end. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  connect,
  createMigratedDatabase,
  query,
  type CreatedDatabase,
} from '../../support/postgres.js';
import { startTestApp, type OwnTestApp } from '../../support/test-app.js';
import { COLLECTION, userStatus } from '../../support/user-status.js';

const ROLE = 'plain';

let database: CreatedDatabase;
let app: OwnTestApp;

beforeAll(async () => {
  database = await createMigratedDatabase();
  await query(database.url, `CREATE ROLE ${ROLE} LOGIN`).catch(() => undefined);
  await query(database.url, `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${ROLE}`);
  app = await startTestApp({
    DATABASE_URL: database.url.replace('postgres@', `${ROLE}@`),
    QUERY_TIMEOUT_MS: '1000',
  });
}, 60_000);

afterAll(async () => {
  await app.close();
  await database.drop();
});

beforeEach(async () => {
  await app.takeLog();
});

const REQUESTS = {
  create: () => app.send('POST', COLLECTION, userStatus()),
  entity: () => app.send('GET', `${COLLECTION}/NOBODY`),
  list: () => app.send('GET', `${COLLECTION}?$orderby=id`),
  'list of what is not indexed': () => app.send('GET', `${COLLECTION}?$filter=contains(id,'x')`),
  'list that is judged': () => app.send('GET', `${COLLECTION}?$filter=matchesPattern(id,'x')`),
  overview: () => app.send('GET', COLLECTION.replace(/userStatuses$/, 'userStatusOverview')),
  readiness: () => app.send('GET', '/health/ready'),
};

type Request = keyof typeof REQUESTS;
const ALL = Object.keys(REQUESTS) as Request[];

async function statusesOf(requests: readonly Request[]): Promise<Record<string, number>> {
  const answers = await Promise.all(
    requests.map(async (request) => [request, (await REQUESTS[request]()).status] as const),
  );
  return Object.fromEntries(answers);
}

const USUAL = Object.fromEntries(ALL.map((request) => [request, 200]));
Object.assign(USUAL, { create: 201, entity: 404 });

describe('is answered 503, with the reason in the log, and goes on by itself', () => {
  it.each<[string, string, string, readonly Request[], string]>([
    [
      'a right to write that was taken away',
      `REVOKE INSERT ON user_status FROM ${ROLE}`,
      `GRANT INSERT ON user_status TO ${ROLE}`,
      ['create', 'readiness'],
      'permission denied for table user_status',
    ],
    [
      'all rights that were taken away',
      `REVOKE ALL ON user_status FROM ${ROLE}`,
      `GRANT ALL ON user_status TO ${ROLE}`,
      ['create', 'list', 'list of what is not indexed', 'list that is judged', 'readiness'],
      'permission denied for table user_status',
    ],
    [
      'a table that has another name',
      'ALTER TABLE user_status RENAME TO elsewhere',
      'ALTER TABLE elsewhere RENAME TO user_status',
      ['create', 'list', 'list of what is not indexed', 'list that is judged', 'readiness'],
      'relation \\"user_status\\" does not exist',
    ],
  ])('%s', async (_what, change, undo, requests, reason) => {
    await query(database.url, change);
    const answers = await Promise.all(requests.map((request) => REQUESTS[request]()));
    const log = await app.takeLog();
    await query(database.url, undo);

    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 503));
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(
      requests.map(() => '1'),
    );
    expect(log).toContain(reason);
    expect(log).not.toContain('"level":50');
    expect(await statusesOf(ALL)).toEqual(USUAL);
  });

  it('a table that is locked', async () => {
    const client = await connect(database.url);
    await client.query('BEGIN; LOCK TABLE user_status IN ACCESS EXCLUSIVE MODE');
    // An entity of no collection is known not to be there.
    const statuses = await statusesOf(
      ALL.filter((request) => !['create', 'entity', 'overview'].includes(request)),
    );
    const log = await app.takeLog();
    await client.end();

    expect(new Set(Object.values(statuses))).toEqual(new Set([503]));
    expect(log).toContain('"reason":"canceling statement due to lock timeout"');
    expect(await statusesOf(ALL)).toEqual(USUAL);
  });
});

it('is not ready, and says why, where the role lacks a right', async () => {
  await query(database.url, `REVOKE DELETE ON user_status_count FROM ${ROLE}`);
  const { status } = await REQUESTS.readiness();
  const log = await app.takeLog();
  await query(database.url, `GRANT DELETE ON user_status_count TO ${ROLE}`);

  expect(status).toBe(503);
  expect(log).toContain(
    'its role may not write to \\"user_status_count\\": GRANT INSERT, UPDATE, DELETE ON it',
  );
  expect(await statusesOf(ALL)).toEqual(USUAL);
});

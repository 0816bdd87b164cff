/** Two services on one database: each decides for itself, and the database lets one write of two that were decided on the same row. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const ENTITY = `${COLLECTION}/alex`;
const ROUNDS = 15;

let one: OwnTestApp;
let other: OwnTestApp;

beforeAll(async () => {
  one = await startTestApp();
  other = await startTestApp({ DATA_DIR: one.dataDir });
});

beforeEach(async () => {
  await one.database.empty();
});

afterAll(async () => {
  await other.close();
  await one.close();
});

async function create(): Promise<string> {
  const { headers } = await one.send('POST', COLLECTION, userStatus({ id: 'alex' }));
  return headers.get('etag')!;
}

describe('two services on one database', () => {
  it('let one of two updates with one entity tag win', async () => {
    let entityTag = await create();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const apps = [one, other, one, other];
      const answers = await Promise.all(
        apps.map((app, i) =>
          app.send('PATCH', ENTITY, { devicesCount: 10 * round + i }, { 'If-Match': entityTag }),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort();
      const winner = answers.findIndex(({ status }) => status === 200);
      const won = answers[winner]!;
      const read = await apps[winner]!.send('GET', ENTITY);

      expect(statuses).toEqual([200, 412, 412, 412]);
      expect(read.body).toEqual(won.body);
      entityTag = won.headers.get('etag')!;
    }
  });

  it('make an entity once, and answer one of two upserts as an update', async () => {
    const upsert = { prefer: 'create-if-missing' };
    for (let round = 1; round <= ROUNDS; round += 1) {
      const path = `${COLLECTION}/user-${String(round)}`;
      const answers = await Promise.all(
        [one, other].map((app, i) =>
          app.send('PATCH', path, userStatus({ devicesCount: i }), upsert),
        ),
      );
      const last = answers.find(({ status }) => status === 200)!;
      const read = await one.send('GET', path);

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
      expect((read.body as { devicesCount: number }).devicesCount).toBe(
        (last.body as { devicesCount: number }).devicesCount,
      );
    }
  });

  it('lose no update that asks for nothing', async () => {
    await create();
    const changes = [
      [one, { devicesCount: 77 }],
      [other, { status: 'error' }],
      [one, { userDisplayName: 'Alex' }],
      [other, { userPrincipalName: null }],
    ] as const;
    for (let round = 1; round <= ROUNDS; round += 1) {
      await one.send('PATCH', ENTITY, userStatus());
      const answers = await Promise.all(
        changes.map(([app, body]) => app.send('PATCH', ENTITY, body)),
      );
      const read = await other.send('GET', ENTITY);

      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(read.body).toMatchObject({
        devicesCount: 77,
        status: 'error',
        userDisplayName: 'Alex',
        userPrincipalName: null,
      });
    }
  });

  it('make an entity once, whoever upserts it', async () => {
    const answers = await Promise.all(
      [one, other, one, other].map((app) =>
        app.send('PATCH', ENTITY, userStatus(), {
          Prefer: 'create-if-missing',
          'If-None-Match': '*',
        }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 412, 412, 412]);
  });
});

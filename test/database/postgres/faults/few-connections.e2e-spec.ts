/** A server that has no connection left. */
import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { connect, query, startPostgres, type PostgresServer } from '../../../support/postgres.js';
import { startTestApp, type OwnTestApp } from '../../../support/test-app.js';
import { COLLECTION, userStatus } from '../../../support/user-status.js';

let server: PostgresServer;
let app: OwnTestApp;
const others: Client[] = [];

beforeAll(async () => {
  const settings = { max_connections: '12', superuser_reserved_connections: '0' };
  server = await startPostgres({ settings });
  app = await startTestApp({ DATABASE_URL: server.url });
}, 60_000);

afterAll(async () => {
  await app.close();
  await server.close();
});

afterEach(leave);

async function leave(): Promise<void> {
  await Promise.all(others.splice(0).map((client) => client.end()));
}

/** Others have all the connections that the service has not. */
async function takeAll(): Promise<void> {
  for (;;) {
    try {
      others.push(await connect(server.url));
    } catch (error) {
      expect(error).toMatchObject({ code: '53300' });
      return;
    }
  }
}

/** The service loses what it has, too. */
async function cutOff(): Promise<void> {
  await query(
    server.url,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE application_name = 'user-statuses'`,
  );
  await takeAll();
}

describe('a server that has no connection left', () => {
  it('is used on those that the service has, whatever they were opened for', async () => {
    // A start opens some for lists alone.
    await takeAll();
    const created = await app.send('POST', COLLECTION, userStatus({ id: 'first' }));
    const found = await app.send('GET', `${COLLECTION}?$filter=contains(userDisplayName,'x')`);
    const removed = await app.send('DELETE', `${COLLECTION}/first`);

    expect([created.status, found.status, removed.status]).toEqual([201, 200, 204]);
  });

  it('is answered 503, with nothing stored, until there are some', async () => {
    await cutOff();
    const refused = await Promise.all([
      app.send('POST', COLLECTION, userStatus({ id: 'refused' })),
      app.send('GET', `${COLLECTION}?$filter=contains(userDisplayName,'x')`),
      app.send('GET', `${COLLECTION}?$filter=trim(userDisplayName) eq 'x'`),
    ]);
    await leave();
    const created = await app.send('POST', COLLECTION, userStatus({ id: 'created' }));
    const found = await app.send('GET', `${COLLECTION}?$select=id`);

    for (const { status, headers, body } of refused) {
      expect({ status, retryAfter: headers.get('retry-after'), body }).toMatchObject({
        status: 503,
        retryAfter: '1',
        body: { error: { code: 'ServiceUnavailable' } },
      });
    }
    expect(refused[0].text).toContain('Nothing was stored');
    expect(created.status).toBe(201);
    expect(found.body).toMatchObject({ value: [{ id: 'created' }] });
  }, 60_000);

  it('serves with the few that it has, whoever else asks', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0
          ? app.send('POST', COLLECTION, userStatus())
          : app.send('GET', `${COLLECTION}?$orderby=devicesCount&$top=1`),
      ),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]));
  }, 60_000);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startService } from '../support/run.js';
import { TOKEN } from '../support/services.js';
import { startTestApp } from '../support/test-app.js';
import { databaseOf } from '../support/test-database.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** What the database says, asked by another program. */
async function storedIds(): Promise<unknown[]> {
  const database = await databaseOf(dataDir);
  const rows = await database.query('SELECT id FROM user_status ORDER BY id');
  return rows.map(({ id }) => id);
}

describe('creates that arrive together', () => {
  it('are all stored, and a duplicate among them fails alone', async () => {
    const app = await startTestApp({ DATA_DIR: dataDir });
    const ids = Array.from({ length: 64 }, (_, i) => `user-${String(i)}`);
    ids[40] = 'user-20';
    const answers = await Promise.all(
      ids.map((id) => app.send('POST', COLLECTION, userStatus({ id }))),
    );
    await app.close();
    const statuses = answers.map(({ status }) => status);

    expect(statuses.filter((status) => status === 201)).toHaveLength(63);
    expect(statuses.filter((status) => status === 409)).toHaveLength(1);
    expect([statuses[20], statuses[40]].sort()).toEqual([201, 409]);
    expect(await storedIds()).toEqual([...new Set(ids)].sort());
  });

  it('with one id are answered by one 201 and conflicts', async () => {
    const app = await startTestApp({ DATA_DIR: dataDir });
    const answers = await Promise.all(
      Array.from({ length: 32 }, (_, i) =>
        app.send('POST', COLLECTION, userStatus({ id: 'ALEX', devicesCount: i })),
      ),
    );
    const winner = answers.find(({ status }) => status === 201);
    const found = await app.send('GET', `${COLLECTION}/ALEX`);
    await app.close();

    expect(answers.filter(({ status }) => status === 409)).toHaveLength(31);
    expect(found.text).toBe(winner?.text);
  });

  it('are no rows to decide on where their id is taken', async () => {
    const app = await startTestApp({ DATA_DIR: dataDir });
    const created = await app.send('POST', COLLECTION, userStatus({ id: 'ALEX' }));
    const headers = { 'Content-Type': 'application/json' };
    const tag = created.headers.get('etag')!;
    const { body } = await app.send('POST', '/v1.0/$batch', {
      requests: [
        { id: '1', method: 'POST', body: userStatus({ id: 'ALEX', devicesCount: 99 }) },
        { id: '2', method: 'PATCH', body: {} },
        { id: '3', method: 'PATCH', body: { status: 'error' }, headers: { 'If-Match': tag } },
      ].map((request) => ({
        ...request,
        url: COLLECTION.replace('/v1.0', '') + (request.method === 'POST' ? '' : '/ALEX'),
        headers: { ...headers, ...request.headers },
      })),
    });
    await app.close();

    expect(body).toMatchObject({
      responses: [
        { status: 409 },
        { status: 200, body: { devicesCount: 12 } },
        { status: 200, body: { devicesCount: 12, status: 'error' } },
      ],
    });
  });
});

describe('two processes on one database', () => {
  it('start at once on a new one, and both store', async () => {
    const env = { DATA_DIR: dataDir, LOG_LEVEL: 'info' };
    const services = await Promise.all([startService(env), startService(env)]);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const { url } = services[i % 2]!;
        const response = await fetch(url + COLLECTION, {
          method: 'POST',
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
          // Each id is sent to both.
          body: JSON.stringify(userStatus({ id: `user-${String(Math.floor(i / 2))}` })),
        });
        await response.text();
        return response.status;
      }),
    );
    for (const service of services) service.child.kill('SIGTERM');
    const ends = await Promise.all(services.map(({ finished }) => finished));

    expect(statuses.filter((status) => status === 201)).toHaveLength(100);
    expect(statuses.filter((status) => status === 409)).toHaveLength(100);
    expect(await storedIds()).toHaveLength(100);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  });
});

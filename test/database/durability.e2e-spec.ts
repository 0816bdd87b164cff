import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';

import { createToken, startService } from '../support/run.js';
import { Sqlite } from '../support/sqlite.js';
import { startNestApp } from '../support/nest-app.js';
import { startTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** What the file says, read by a connection of its own. */
function storedIds(): string[] {
  const database = new Sqlite(join(dataDir, 'user-statuses.db'), { readonly: true });
  try {
    return database.prepare('SELECT id FROM user_status ORDER BY id').pluck().all() as string[];
  } finally {
    database.close();
  }
}

describe('the database', () => {
  it('is opened so that a commit waits for the disk', async () => {
    const app = await startNestApp({ DATA_DIR: dataDir });
    const database = app.app.nest.get(DataSource);
    const pragma = async (name: string) =>
      Object.values((await database.query<Record<string, unknown>[]>(`PRAGMA ${name}`))[0]!)[0];
    const pragmas = {
      journal_mode: await pragma('journal_mode'),
      synchronous: await pragma('synchronous'),
      fullfsync: await pragma('fullfsync'),
      foreign_keys: await pragma('foreign_keys'),
      busy_timeout: await pragma('busy_timeout'),
      integrity_check: await pragma('integrity_check'),
    };
    await app.close();

    expect(pragmas).toEqual({
      journal_mode: 'wal',
      synchronous: 2,
      fullfsync: 1,
      foreign_keys: 1,
      busy_timeout: 50,
      integrity_check: 'ok',
    });
  });

  it('has the schema that the entities describe', async () => {
    const app = await startNestApp({ DATA_DIR: dataDir });
    const database = app.app.nest.get(DataSource);
    const columns = await database.query<{ name: string; notnull: number; pk: number }[]>(
      'PRAGMA table_info(user_status)',
    );
    const described = database.getMetadata('UserStatus').columns;
    await app.close();

    expect(columns.map(({ name, notnull, pk }) => ({ name, notnull, isKey: pk > 0 }))).toEqual(
      described.map((column) => ({
        name: column.databaseName,
        notnull: column.isNullable ? 0 : 1,
        isKey: column.isPrimary,
      })),
    );
    expect(columns.filter(({ pk }) => pk > 0).map(({ name }) => name)).toEqual([
      'collection_id',
      'id',
    ]);
  });
});

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
    expect(storedIds()).toEqual([...new Set(ids)].sort());
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
});

describe('two processes on one file', () => {
  it('start at once on a new one, and both store', async () => {
    const env = { DATA_DIR: dataDir, LOG_LEVEL: 'info' };
    const services = await Promise.all([startService(env), startService(env)]);
    const token = await createToken(dataDir);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const { url } = services[i % 2]!;
        const response = await fetch(url + COLLECTION, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
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
    expect(storedIds()).toHaveLength(100);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  });
});

describe('a kill -9 under load', () => {
  const ACKNOWLEDGED_PER_ROUND = 300;

  it('loses no status that was acknowledged', async () => {
    const acknowledged: string[] = [];
    const token = await createToken(dataDir);
    for (const round of [1, 2, 3]) {
      const service = await startService({ DATA_DIR: dataDir, LOG_LEVEL: 'info' });
      let isDead = false;

      const reporters = Array.from({ length: 32 }, async (_, reporter) => {
        for (let i = 0; !isDead; i += 1) {
          const id = `${String(round)}-${String(reporter)}-${String(i)}`;
          try {
            const response = await fetch(service.url + COLLECTION, {
              method: 'POST',
              headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
              body: JSON.stringify(userStatus({ id })),
            });
            if (response.status === 201) acknowledged.push(id);
            await response.arrayBuffer();
          } catch {
            // The connection broke: what was on its way is not acknowledged.
            isDead = true;
          }
        }
      });
      const enough = round * ACKNOWLEDGED_PER_ROUND;
      while (acknowledged.length < enough && service.child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      service.child.kill('SIGKILL');
      const { signal } = await service.finished;
      await Promise.all(reporters);
      expect(signal).toBe('SIGKILL');
    }
    const stored = new Set(storedIds());

    expect(acknowledged.length).toBeGreaterThanOrEqual(3 * ACKNOWLEDGED_PER_ROUND);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  });
});

/** A file of SQLite that another program has locked. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';

import { pause, sized } from '../../../support/faults.js';
import { Sqlite } from '../../../support/sqlite.js';
import { databaseFileIn } from '../../../support/sqlite-database.js';
import { startTestApp, type OwnTestApp } from '../../../support/test-app.js';
import { COLLECTION, userStatus } from '../../../support/user-status.js';

/** Shorter than a write waits, and longer. */
const SHORT_MS = sized(4500, 1000);
const LONG_MS = 6000;
const WRITERS = sized(64, 8);

let app: OwnTestApp;
let other: Database;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(async () => {
  await app.close();
});

beforeEach(async () => {
  await app.database.empty();
  await app.send('POST', COLLECTION, userStatus({ id: 'kept' }));
  other = new Sqlite(databaseFileIn(app));
});

afterEach(() => {
  other.close();
});

function create(prefix: string) {
  return Promise.all(
    Array.from({ length: WRITERS }, (_, i) =>
      app.send('POST', COLLECTION, userStatus({ id: `${prefix}-${String(i)}` })),
    ),
  );
}

function change() {
  return app.send('PATCH', `${COLLECTION}/kept`, { devicesCount: 1 });
}

/** What only reads: it waits for nobody who writes. */
async function read(): Promise<number[]> {
  const ends = ['/kept', '?$orderby=tolower(userDisplayName)', '/$count'];
  const answers = await Promise.all(ends.map((end) => app.send('GET', COLLECTION + end)));
  return answers.map(({ status }) => status);
}

async function count(): Promise<number> {
  return Number((await app.send('GET', `${COLLECTION}/$count`)).text);
}

describe('a file that another program has locked', () => {
  it('for less than five seconds holds up writes, and no reads', async () => {
    other.exec('BEGIN IMMEDIATE');
    let isLocked = true;
    const writing = Promise.all([create('short'), change()]).then((answers) => {
      expect(isLocked).toBe(false);
      return answers.flat();
    });
    await pause(SHORT_MS / 2);
    const reads = await read();
    await pause(SHORT_MS / 2);
    isLocked = false;
    other.exec('COMMIT');
    const writes = await writing;

    expect(reads).toEqual([200, 200, 200]);
    expect(writes.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array<number>(WRITERS).fill(201),
    ]);
    expect(await count()).toBe(1 + WRITERS);
  }, 60_000);

  it('for longer has writes answered with 503, nothing stored, and goes on behind it', async () => {
    other.exec('BEGIN IMMEDIATE');
    const writing = Promise.all([create('long'), change()]);
    const reading = pause(LONG_MS / 2).then(read);
    await pause(LONG_MS);
    const refused = (await writing).flat();
    const reads = await reading;
    const before = await app.send('GET', `${COLLECTION}/kept`);
    other.exec('COMMIT');
    const writes = [...(await create('behind')), await change()];

    for (const { status, headers, body } of refused) {
      expect({ status, retry: headers.get('retry-after'), body }).toMatchObject({
        status: 503,
        retry: '1',
        body: {
          error: { code: 'ServiceUnavailable', message: expect.stringMatching(/Nothing was/) },
        },
      });
    }
    expect(reads).toEqual([200, 200, 200]);
    expect(before.body).toMatchObject({ devicesCount: 12 });
    expect(writes.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array<number>(WRITERS).fill(201),
    ]);
    expect(await count()).toBe(1 + WRITERS);
  }, 60_000);

  it('is read and written by a service that starts meanwhile, once it is free', async () => {
    other.exec('BEGIN IMMEDIATE');
    const starting = startTestApp({ DATA_DIR: app.dataDir });
    await pause(SHORT_MS);
    other.exec('COMMIT');
    const second = await starting;
    const { status } = await second.send('POST', COLLECTION, userStatus());
    await second.stop();

    expect(status).toBe(201);
  }, 60_000);
});

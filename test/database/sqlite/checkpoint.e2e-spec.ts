import { statSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { databaseFileIn } from '../../support/sqlite-database.js';
import { startTestApp, type OwnTestApp } from '../../support/test-app.js';
import { CONFIGURATION, userStatus } from '../../support/user-status.js';
import { readSequence } from '../../support/write-ahead-log.js';

/** A checkpoint is made for about every 8,000; more may come before it is over. */
const MAX_ROWS = 30_000;
const ROWS_PER_BATCH = 20;
const BATCHES_AT_ONCE = 15;

let app: OwnTestApp;

beforeEach(async () => {
  app = await startTestApp();
});

afterEach(async () => {
  await app.close();
});

async function createBatch(): Promise<number> {
  const { body } = await app.send('POST', '/v1.0/$batch', {
    requests: Array.from({ length: ROWS_PER_BATCH }, (_, i) => ({
      id: String(i),
      method: 'POST',
      url: `/deviceManagement/deviceConfigurations/${CONFIGURATION}/userStatuses`,
      headers: { 'Content-Type': 'application/json' },
      body: userStatus(),
    })),
  });
  const { responses } = body as { responses: { status: number }[] };
  return responses.filter(({ status }) => status === 201).length;
}

describe('the write-ahead log', () => {
  it('is copied to the file while the service runs, and begins anew', async () => {
    const path = databaseFileIn(app);
    let created = await createBatch();
    const sequence = readSequence(path);
    while (readSequence(path) === sequence && created < MAX_ROWS) {
      const batches = Array.from({ length: BATCHES_AT_ONCE }, createBatch);
      created += (await Promise.all(batches)).reduce((sum, count) => sum + count, 0);
    }
    const { body } = await app.send(
      'GET',
      '/v1.0/deviceManagement/deviceConfigurations/' +
        CONFIGURATION +
        '/userStatuses?$count=true&$top=1',
    );

    expect(readSequence(path)).toBeGreaterThan(sequence);
    expect(statSync(path).size).toBeGreaterThan(1_000_000);
    expect(body).toMatchObject({ '@odata.count': created });
  });
});

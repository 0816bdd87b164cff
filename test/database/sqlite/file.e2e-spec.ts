/** What can happen to the file that SQLite keeps its data in, while a service runs. */
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { readAnswer } from '../../support/client.js';
import { startService } from '../../support/run.js';
import { TOKEN } from '../../support/services.js';
import { databaseFileIn } from '../../support/sqlite-database.js';
import { startTestApp } from '../../support/test-app.js';
import { COLLECTION, userStatus } from '../../support/user-status.js';

describe('a write', () => {
  it.each([
    [
      'removed',
      (file: string) => {
        rmSync(file);
      },
    ],
    [
      'replaced',
      (file: string) => {
        renameSync(file, `${file}.old`);
        copyFileSync(`${file}.old`, file);
      },
    ],
  ])(
    'is 503 once the database file was %s, because nothing could be kept',
    async (_how, change) => {
      const moved = await startTestApp();
      expect((await moved.send('POST', COLLECTION, userStatus())).status).toBe(201);
      change(databaseFileIn(moved));
      const refused = await moved.send('POST', COLLECTION, userStatus());
      const ready = await moved.send('GET', '/health/ready');
      const log = await moved.takeLog();
      await moved.close();

      expect([refused.status, ready.status]).toEqual([503, 503]);
      expect(refused.text).not.toContain(databaseFileIn(moved));
      expect(log).toContain('removed or replaced');
    },
  );

  it('is 507 when the disk is full, and nothing is stored', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
    const service = await startService({
      DATA_DIR: dataDir,
      MAX_PAGES: '40',
      NODE_OPTIONS: `--import ${new URL('../../support/full-disk.mjs', import.meta.url).href}`,
    });
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
    };
    const userDisplayName = 'x'.repeat(1024);
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const body = JSON.stringify(userStatus({ id: String(i), userDisplayName }));
        return readAnswer(await fetch(service.url + COLLECTION, { method: 'POST', headers, body }));
      }),
    );
    const list = await readAnswer(await fetch(service.url + COLLECTION, { headers }));
    service.child.kill('SIGTERM');
    const { code } = await service.finished;
    rmSync(dataDir, { recursive: true });
    const refused = answers.filter(({ status }) => status === 507);
    const created = answers.filter(({ status }) => status === 201);

    expect(refused.length).toBeGreaterThan(0);
    expect(created.length + refused.length).toBe(answers.length);
    expect(refused[0]).toMatchObject({ body: { error: { code: 'InsufficientStorage' } } });
    expect((list.body as { value: unknown[] }).value).toHaveLength(created.length);
    expect(code).toBe(0);
  });
});

/** `npm run reset` on PostgreSQL: starts over, and deletes nothing that is in use or is not ours. */
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { open, SECRET, withPassword } from '../../support/open-postgres.js';
import { createTestDatabase, query, type CreatedDatabase } from '../../support/postgres.js';
import { start } from '../../support/run.js';
import { startTestApp } from '../../support/test-app.js';
import { COLLECTION, userStatus } from '../../support/user-status.js';

const TABLES = `SELECT relname AS name FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`;

let database: CreatedDatabase;

beforeAll(() => {
  Logger.overrideLogger(false);
});

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await database.drop();
});

async function reset(url = withPassword(database.url)) {
  const program = start('node', ['dist/bundle/reset.js', '--yes'], { DATABASE_URL: url });
  const { code, stdout, stderr } = await program.finished;
  expect(stdout + stderr).not.toContain(SECRET);
  return { code, stdout, stderr: stderr.split('\n')[0] };
}

describe('npm run reset', () => {
  it('drops the tables, and the next start makes them anew', async () => {
    const app = await startTestApp({ DATABASE_URL: database.url });
    // Though it has written nothing yet.
    const refused = await reset();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/cannot be deleted: a service uses it: stop that first$/);
    await app.send('POST', COLLECTION, userStatus({ id: 'alex' }));
    expect((await app.send('GET', `${COLLECTION}/alex`)).status).toBe(200);
    await app.stop();

    expect(await reset()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Deleted the database '\w+' at 127\.0\.0\.1:\d+\. /),
    });
    expect(await query(database.url, TABLES)).toEqual([]);

    const again = await startTestApp({ DATABASE_URL: database.url });
    expect((await again.send('GET', `${COLLECTION}/alex`)).status).toBe(404);
    await again.close();
    await app.close();
  });

  it('deletes nothing of another application', async () => {
    await query(database.url, 'CREATE TABLE theirs ()');

    const { code, stderr } = await reset();

    expect(code).toBe(1);
    expect(stderr).toContain('cannot be deleted: it belongs to another application');
    expect(await query(database.url, TABLES)).toEqual([{ name: 'theirs' }]);
  });

  it('says so where there is nothing', async () => {
    expect(await reset()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^There is nothing to delete: the database '\w+' at /),
    });
  });

  it('deletes where the engine has no locks on numbers, too', async () => {
    await (await open(database.url)).destroy();
    await query(
      database.url,
      'REVOKE EXECUTE ON FUNCTION pg_try_advisory_lock(int, int) FROM PUBLIC',
    );
    await query(database.url, 'CREATE ROLE plain LOGIN').catch(() => undefined);
    await query(database.url, 'GRANT ALL ON SCHEMA public TO plain');
    for (const { name } of await query(database.url, TABLES)) {
      await query(database.url, `ALTER TABLE ${String(name)} OWNER TO plain`);
    }

    expect(await reset(database.url.replace('postgres@', 'plain@'))).toMatchObject({ code: 0 });
    // The row that was locked instead lies in a table of its own.
    expect(await query(database.url, TABLES)).toEqual([{ name: 'schema_migration_lock' }]);
  });
});

/** `npm run reset` starts over, and deletes nothing that is in use or is not ours. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { start } from '../support/run.js';
import { Sqlite } from '../support/sqlite.js';
import { startTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let dataDir: string;
let file: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  file = join(dataDir, 'user-statuses.db');
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

async function reset(...options: string[]) {
  const program = start('node', ['dist/bundle/reset.js', ...options], { DATA_DIR: dataDir });
  program.child.stdin!.end();
  const { code, stdout, stderr } = await program.finished;
  return { code, stdout, stderr: stderr.split('\n')[0] };
}

describe('npm run reset', () => {
  it('deletes what is stored, and leaves the key of tokens', async () => {
    const app = await startTestApp({ DATA_DIR: dataDir });
    await app.send('POST', COLLECTION, userStatus({ id: 'alex' }));
    await app.stop();

    expect(await reset('--yes')).toEqual({
      code: 0,
      stdout: `Deleted the database '${file}'. Tokens that were made before stay good.\n`,
      stderr: '',
    });
    expect(readdirSync(dataDir)).toEqual(['local-signing-key.json']);

    const again = await startTestApp({ DATA_DIR: dataDir });
    expect((await again.send('GET', `${COLLECTION}/$count`)).text).toBe('0');
    await again.stop();
  });

  it('deletes nothing that a service has open', async () => {
    const app = await startTestApp({ DATA_DIR: dataDir });
    await app.send('POST', COLLECTION, userStatus({ id: 'alex' }));

    const { code, stderr } = await reset('--yes');

    expect(code).toBe(1);
    expect(stderr).toContain(`the database '${file}' cannot be deleted: a service has it open`);
    expect((await app.send('GET', `${COLLECTION}/alex`)).status).toBe(200);
    await app.stop();
  });

  it.each([
    ['a file of another application', 'it belongs to another application', makeForeign],
    ['what is no database', 'file is not a database', makeText],
  ])('deletes no %s', async (_what, reason, make) => {
    make();

    const { code, stderr } = await reset('--yes');

    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    expect(existsSync(file)).toBe(true);
  });

  it('deletes nothing unasked', async () => {
    makeText();

    const { code, stderr } = await reset();

    expect(code).toBe(1);
    expect(stderr).toContain('say --yes');
    expect(existsSync(file)).toBe(true);
  });

  it('deletes nothing where a setting may have been meant that is none', async () => {
    makeText();
    const program = start('node', ['dist/bundle/reset.js', '--yes'], {
      DATA_DIR: dataDir,
      DATABASE_URI: 'sqlite:elsewhere.db',
    });
    const { code, stderr } = await program.finished;

    expect(code).toBe(1);
    expect(stderr).toContain("'DATABASE_URI' is no setting and is not read: 'DATABASE_URL' is one");
    expect(existsSync(file)).toBe(true);
  });

  it('says so where there is nothing', async () => {
    expect(await reset('--yes')).toMatchObject({
      code: 0,
      stdout: `There is nothing to delete: the database '${file}' does not exist.\n`,
    });
    expect(readdirSync(dataDir)).toEqual([]);
  });
});

function makeForeign(): void {
  const database = new Sqlite(file);
  database.exec('CREATE TABLE theirs (id)');
  database.close();
}

function makeText(): void {
  writeFileSync(file, 'not a database, '.repeat(100));
}

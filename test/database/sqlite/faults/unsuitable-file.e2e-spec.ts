/** Databases that must not be served: the start says why in one line, and leaves them as they are. */
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SERVICE, start, startService } from '../../../support/run.js';
import { TOKEN } from '../../../support/services.js';
import { createSend } from '../../../support/client.js';
import { Sqlite } from '../../../support/sqlite.js';
import { COLLECTION, userStatus } from '../../../support/user-status.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** A database as a service leaves it that has stored something. */
async function serveOnce(env: Record<string, string>): Promise<void> {
  const service = await startService({ DATA_DIR: dataDir, ...env });
  const send = createSend(service.url, TOKEN);
  const { status } = await send('POST', COLLECTION, userStatus());
  service.child.kill('SIGTERM');
  await service.finished;
  expect(status).toBe(201);
}

/** The one line of a start that must fail, without what every such line begins with. */
async function failStart(env: Record<string, string>): Promise<string> {
  const { finished } = start('node', SERVICE, { DATA_DIR: dataDir, PORT: '0', ...env });
  const { code, stderr } = await finished;
  expect(code).toBe(1);
  const [, line] = /^user-statuses: (the database [^\n]+ cannot be used: [^\n]+)\n$/.exec(stderr)!;
  return line!;
}

describe('a file of SQLite', () => {
  let sound: Buffer | undefined;
  let file: string;

  beforeEach(async () => {
    file = join(dataDir, 'user-statuses.db');
    if (sound === undefined) {
      await serveOnce(env());
      sound = readFileSync(file);
    }
    writeFileSync(file, sound);
  });

  function env() {
    return { DATABASE_URL: `sqlite:${file}` };
  }

  function change(sql: string): void {
    const database = new Sqlite(file);
    database.exec(sql);
    database.close();
  }

  function overwrite(at: number, bytes: Buffer): void {
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, bytes, 0, bytes.length, at);
    closeSync(descriptor);
  }

  it.each<[string, () => void, RegExp]>([
    [
      'that a newer release has changed',
      () => {
        change(`INSERT INTO schema_migration (timestamp, name) VALUES (9, 'AddRegion9');
          ALTER TABLE user_status ADD COLUMN region TEXT`);
      },
      /a newer release of this program has changed it \(AddRegion9\): start that one$/,
    ],
    [
      'of another application',
      () => {
        rmSync(file);
        change('CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (1)');
      },
      /it belongs to another application$/,
    ],
    [
      'of another application that is marked',
      () => {
        change('PRAGMA application_id = 7');
      },
      /it belongs to another application$/,
    ],
    [
      'whose header is overwritten',
      () => {
        overwrite(0, Buffer.alloc(100, 'x'));
      },
      /file is not a database$/,
    ],
    [
      'whose schema is overwritten',
      () => {
        overwrite(100, Buffer.alloc(3996, 0xff));
      },
      /malformed/,
    ],
    [
      'that is cut short',
      () => {
        const descriptor = openSync(file, 'r+');
        ftruncateSync(descriptor, statSync(file).size / 2);
        closeSync(descriptor);
      },
      /malformed/,
    ],
  ])('%s is refused, and left byte for byte', async (_which, spoil, reason) => {
    spoil();
    const before = readFileSync(file);

    expect(await failStart(env())).toMatch(reason);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dataDir)).toEqual(expect.not.arrayContaining(['user-statuses.db-wal']));
  });
});

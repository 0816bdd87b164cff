/** What `user-statuses` and its command `copy` refuse before they look at any database. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { start } from '../support/run.js';

const FROM = '--from=sqlite:a.db';
const TO = '--to=sqlite:b.db';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(...args: string[]) {
  const program = join(import.meta.dirname, '../../dist/bundle/user-statuses.js');
  const { code, stdout, stderr } = await start('node', [program, ...args], {}, folder).finished;
  return { code, stdout, stderr };
}

describe('user-statuses', () => {
  it.each([
    ['no command', [], 'say which command'],
    ['a command that there is not', ['delete'], "there is no command 'delete'"],
    ['a name that every object has', ['constructor'], "there is no command 'constructor'"],
    ['an option in front of the command', ['--yes', 'reset'], "there is no command '--yes'"],
  ])('refuses %s', async (_what, args, fault) => {
    const { code, stdout, stderr } = await run(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^user-statuses: ${fault}\nUsage: `));
  });

  it('shows its commands, and the options of each', async () => {
    expect(await run('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage:.*\n {2}copy .*\n {2}reset .*\n {2}token .*/s),
      stderr: '',
    });
    for (const command of ['copy', 'reset', 'token']) {
      const { code, stdout } = await run(command, '--help');
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: /) });
    }
  });

  it('hands the options to the command', async () => {
    expect(await run('token', '--lifetime', 'long')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^token: --lifetime must be an integer/),
    });
  });
});

describe('user-statuses copy', () => {
  it.each([
    ['nothing', [], '--from must name a database'],
    ['no target', [FROM], '--to must name a database'],
    ['an empty source', ['--from=', TO], '--from must name a database'],
    ['a blank target', [FROM, '--to= '], '--to must name a database'],
    ['an option without its value', [FROM, '--to'], "Option '--to <value>' argument missing"],
    ['an option that there is not', [FROM, TO, '--force'], "Unknown option '--force'"],
    ['words that belong to no option', [FROM, TO, 'now'], "Unexpected argument 'now'"],
    ['a path that is no URL', [FROM, '--to=b.db'], "--to must be 'sqlite:<path of a file>' or"],
    ['a database in memory', [FROM, '--to=sqlite::memory:'], "--to must be 'sqlite:"],
    ['another engine', [FROM, '--to=mysql://localhost/data'], "--to must be 'sqlite:"],
    ['a host of a file', ['--from=sqlite://host/a.db', TO], "--from 'sqlite://host/a.db' names"],
    ['a server and no database', [FROM, '--to=postgres://localhost'], '--to names no database'],
    ['one database for both', [FROM, '--to=sqlite:a.db'], '--from and --to name the same'],
    ['a comparison that overwrites', [FROM, TO, '--compare', '--overwrite'], '--compare writes'],
  ])('refuses %s, and says how it is used', async (_what, args, fault) => {
    const { code, stdout, stderr } = await run('copy', ...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(`copy: ${fault}`)).toBe(true);
    expect(stderr).toContain('\nUsage: user-statuses copy --from URL --to URL');
  });

  it('tells nobody the password of a URL that it refuses', async () => {
    const { code, stderr } = await run('copy', FROM, '--to=postgres://me:s3cret@host:x/data');

    expect(code).toBe(2);
    expect(stderr).not.toContain('s3cret');
  });

  it('makes no target where there is nothing to copy', async () => {
    expect(await run('copy', FROM, TO)).toEqual({
      code: 1,
      stdout: '',
      stderr: "copy: the database 'a.db' cannot be copied: it does not exist\n",
    });
    expect(existsSync(join(folder, 'b.db'))).toBe(false);
  });
});

/** What a newcomer is told whose token is not that of the service in local mode. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createSigningKey, TestIssuer } from '../support/issuer.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { createToken, ROOT, start } from '../support/run.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: NestApp;
let folder: string;
let elsewhere: string;

beforeAll(async () => {
  [folder, elsewhere] = ['service-', 'elsewhere-'].map((name) =>
    mkdtempSync(join(tmpdir(), `user-statuses-${name}`)),
  ) as [string, string];
  // Named as a folder usually is; what is told must be good in any other.
  app = await startNestApp({ DATA_DIR: relative(process.cwd(), folder) });
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
  rmSync(elsewhere, { recursive: true });
});

async function refusal(authorization: string | null): Promise<{ message: string; header: string }> {
  const { status, body, headers } = await app.send('POST', COLLECTION, userStatus(), {
    authorization,
  });
  expect(status).toBe(401);
  const { message } = (body as { error: { message: string } }).error;
  return { message, header: headers.get('www-authenticate')! };
}

describe('a refusal in local mode', () => {
  it.each([
    ['there is no token', () => null, 'Access token is missing: send the header'],
    ['there is another scheme', () => 'Basic x', "the header is not 'Bearer <token>'"],
    ['the token is none', () => 'Bearer x', 'it is not a signed JWT'],
    [
      'the token is of another folder',
      async () => `Bearer ${await createToken(elsewhere)}`,
      'it is signed with the key of another data folder',
    ],
    [
      'the token is of an issuer',
      async () => {
        const issuer = await TestIssuer.start(await createSigningKey('k', 'ES256'));
        await issuer.close();
        return `Bearer ${await issuer.sign()}`;
      },
      'it is not of this service, which takes its own alone where AUTH_ISSUER is not set',
    ],
  ])('says how to get a token, and in which folder the key lies: %s', async (_what, send, why) => {
    const { message, header } = await refusal(await send());

    expect(message).toContain(why);
    expect(message).toContain("'npm run -s token' prints one");
    expect(message).toContain(`the folder '${folder}' (DATA_DIR).`);
    // The header is for programs, and holds ASCII alone.
    expect(header).not.toContain(folder);
  });

  it('is followed by success where it is followed', async () => {
    const [, named] = /the folder '(.+)' \(DATA_DIR\)/.exec((await refusal(null)).message)!;
    const authorization = `Bearer ${await createToken(named!)}`;

    expect((await app.send('POST', COLLECTION, userStatus(), { authorization })).status).toBe(201);
  });
});

describe('npm run token', () => {
  const run = (dataDir: string, ...options: string[]) =>
    start(
      'node',
      [join(ROOT, 'dist/bundle/token.js'), ...options],
      { DATA_DIR: dataDir },
      elsewhere,
    ).finished;

  it('says that it made a key, and where, and prints the token alone', async () => {
    const { code, stdout, stderr } = await run('made');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(stderr).toBe(
      `token: the folder '${join(elsewhere, 'made')}' had no signing key, so one was made there. ` +
        'Only a service with this data folder takes the token: for another, set DATA_DIR to its ' +
        'folder.\n',
    );
  });

  it('says nothing where the key was there', async () => {
    await run('made');

    expect(await run('made')).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([[['--help']], [['--lifetime', '0']]])('makes no key for %j', async (options) => {
    const { stdout, stderr } = await run('unmade', ...options);

    expect(stdout + stderr).toContain('DATA_DIR');
    expect(existsSync(join(elsewhere, 'unmade'))).toBe(false);
  });

  it('has the key made by one alone where several ask at once', async () => {
    const ends = await Promise.all([0, 1, 2, 3].map(() => run('race')));

    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(ends.filter(({ stderr }) => stderr !== '').length).toBe(1);
  });
});

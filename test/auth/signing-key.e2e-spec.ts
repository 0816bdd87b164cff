import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { LocalIssuer } from '../../src/auth/local-issuer.js';
import { createToken, start } from '../support/run.js';

const SOMEBODY_ELSE = 12_345;
const isRoot = process.getuid?.() === 0;

let dataDir: string;
let keyFile: string;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  keyFile = join(dataDir, 'local-signing-key.json');
  await LocalIssuer.open(keyFile);
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** What the service, and `npm run token`, say where they do not start. */
async function refusals(): Promise<string[]> {
  const env = { DATA_DIR: dataDir, PORT: '0' };
  const programs = ['dist/bundle/main.js', 'dist/bundle/token.js'].map((file) =>
    start('node', [file], env),
  );
  const ends = await Promise.all(
    programs.map(async ({ child, finished }) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      const { code, stderr } = await finished;
      clearTimeout(timer);
      return `${String(code)} ${stderr.split('\n', 1)[0]!}`;
    }),
  );
  return ends;
}

describe('the signing key of local mode', () => {
  it('is made for its owner alone, in a folder for its owner alone', async () => {
    const made = join(dataDir, 'made');
    await createToken(made);
    const modes = [made, join(made, 'local-signing-key.json')].map(
      (path) => statSync(path).mode & 0o777,
    );

    expect(modes).toEqual([0o700, 0o600]);
  });

  const exposures: [string, () => void, string][] = [
    [
      'its group may read it',
      () => {
        chmodSync(keyFile, 0o640);
      },
      'chmod 600',
    ],
    [
      'anybody may read it',
      () => {
        chmodSync(keyFile, 0o604);
      },
      'chmod 600',
    ],
    [
      'anybody may write it',
      () => {
        chmodSync(keyFile, 0o602);
      },
      'chmod 600',
    ],
    [
      'the group may write to its folder',
      () => {
        chmodSync(dataDir, 0o770);
      },
      'chmod go-w',
    ],
    [
      'anybody may write to its folder',
      () => {
        chmodSync(dataDir, 0o1777);
      },
      'chmod go-w',
    ],
  ];
  // Only root can give a file away.
  if (isRoot) {
    exposures.push(
      [
        'somebody else owns it',
        () => {
          chownSync(keyFile, SOMEBODY_ELSE, SOMEBODY_ELSE);
        },
        'belongs to somebody else',
      ],
      [
        'somebody else owns its folder',
        () => {
          chownSync(dataDir, SOMEBODY_ELSE, SOMEBODY_ELSE);
        },
        'belongs to somebody else',
      ],
    );
  }

  it.each(exposures)('is refused where %s', async (_what, expose, advice) => {
    expose();
    const [service, token] = await refusals();

    expect(service).toMatch(/^1 user-statuses: the (?:signing key|folder) '/);
    expect(service).toContain(advice);
    expect(token).toMatch(/^1 token: the (?:signing key|folder) '/);
    expect(token).toContain(advice);
  });

  it('is not made in a folder that anybody may write to', async () => {
    const open = join(dataDir, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);

    await expect(LocalIssuer.open(join(open, 'key.json'))).rejects.toThrow(`chmod go-w '${open}'`);
    expect(() => statSync(join(open, 'key.json'))).toThrow('ENOENT');
  });

  it('is refused where it is no file', async () => {
    rmSync(keyFile);
    mkdirSync(keyFile, { mode: 0o700 });

    await expect(LocalIssuer.open(keyFile)).rejects.toThrow('cannot be read');
  });

  it('is judged by the file that a link leads to', async () => {
    const [other, link] = [join(dataDir, 'other'), join(dataDir, 'link')];
    writeFileSync(other, '{}', { mode: 0o644 });
    symlinkSync(other, link);

    await expect(LocalIssuer.open(link)).rejects.toThrow(`chmod 600 '${link}'`);
  });
});

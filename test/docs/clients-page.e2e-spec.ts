import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readBlocks } from '../support/code-blocks.js';
import { ROOT, start } from '../support/run.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { startTlsApp, type TlsApp } from '../support/tls-app.js';

const PAGE = 'docs/clients.md';
const [GRAPH_CLIENT, KIOTA] = readBlocks(PAGE, 'js') as [string, string];
const [CURL, ...BATCHES] = readBlocks(PAGE, 'sh') as [string, ...string[]];

let plain: OwnTestApp;
let tls: TlsApp;

beforeAll(async () => {
  plain = await startTestApp();
  tls = await startTlsApp();
});

afterAll(async () => {
  await plain.close();
  await tls.close();
});

async function print(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<string> {
  const { code, stdout, stderr } = await start(command, args, env).finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** A program as a reader copies it, but for the address. */
async function runModule(program: string, env: Record<string, string>): Promise<string> {
  const text = program
    .replace('https://localhost:3000', tls.url)
    .replace('http://127.0.0.1:3000', plain.url);
  return print('node', ['--input-type=module', '-e', text], env);
}

/** A script as a reader pastes it, but for the address; behind each answer is its status. */
async function runScript(text: string): Promise<string> {
  const script = text
    .replaceAll('http://127.0.0.1:3000', plain.url)
    .replaceAll(/^curl /gm, String.raw`curl -sS -w '\n%{http_code}\n' `);
  return print('bash', ['-e', '-c', script], { DATA_DIR: plain.dataDir });
}

describe('the page about clients', () => {
  it('has curl do what it shows', async () => {
    const lines = (await runScript(CURL)).split('\n');
    const statuses = lines.filter((line) => /^\d{3}$/.test(line));
    const bodies = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as unknown);

    expect(statuses).toEqual(['201', '200', '200', '200', '201', '200', '204']);
    expect(bodies).toEqual([
      expect.objectContaining({ id: 'alex', userDisplayName: "Alex O'Neill" }),
      expect.objectContaining({
        '@odata.count': 1,
        value: [expect.objectContaining({ id: 'alex' })],
      }),
      expect.objectContaining({ id: 'alex', status: 'compliant', devicesCount: 2 }),
      expect.objectContaining({ id: 'bianca', userDisplayName: null }),
      expect.objectContaining({ id: 'bianca', userDisplayName: 'Bianca', status: 'conflict' }),
    ]);
  });

  it('has batches do what it shows', async () => {
    // They use what is set for the first, and the entity that it leaves.
    const [settings = ''] = CURL.split('\n\n');
    await runScript(CURL);
    const answers = (await runScript([settings, ...BATCHES].join('\n')))
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => (JSON.parse(line) as { responses: object[] }).responses);

    expect(answers).toMatchObject([
      [
        { id: '1', status: 201, body: { status: 'compliant' } },
        { id: '2', status: 200, atomicityGroup: 'both', body: { status: 'error' } },
        { id: '3', status: 204, atomicityGroup: 'both' },
        { id: '4', status: 200, body: { value: [{ status: 'error' }] } },
      ],
      [
        { id: '1', status: 201 },
        { id: '2', status: 200, body: { status: 'compliant' } },
        { id: '3', status: 204 },
      ],
    ]);
  });

  it('has graph-client do what it shows', async () => {
    expect(await runModule(GRAPH_CLIENT, tls.env)).toBe('true error\n412 PreconditionFailed\n');
  });

  it('has msgraph-sdk do what it shows', async () => {
    expect(await runModule(KIOTA, { TOKEN: plain.token })).toBe(
      'nonCompliant 2026-01-02T03:04:05.678Z\n',
    );
  });

  it('has a line for each client that is run, and none for another', () => {
    const links = readFileSync(join(ROOT, PAGE), 'utf8').matchAll(/\.\.\/(test\/clients\/[^)]+)/g);
    const linked = [...links].map(([, program = '']) => program);
    const run = readdirSync(join(ROOT, 'test/clients')).filter((file) =>
      file.endsWith('.test.mjs'),
    );

    expect(linked).toEqual(expect.arrayContaining(run.map((file) => `test/clients/${file}`)));
    expect(linked.filter((program) => !existsSync(join(ROOT, program)))).toEqual([]);
  });

  it('says of every client what was tried', () => {
    const [, ...sections] = readFileSync(join(ROOT, PAGE), 'utf8').split(/^## /m);

    expect(sections.length).toBeGreaterThan(4);
    expect(sections.filter((text) => !/_(?:Tested|Not tried)[._]/.test(text))).toEqual([]);
  });
});

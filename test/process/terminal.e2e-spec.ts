/** What a person sees who starts the service on a terminal, here that of `script`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { pause } from '../support/faults.js';
import { ROOT, SERVICE, start, startService, type Running } from '../support/run.js';
import { COLLECTION } from '../support/user-status.js';

const CTRL_C = '\u0003';

let dataDir: string;
let service: Running & { url: string };

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(async () => {
  service.child.kill('SIGTERM');
  await service.finished;
  rmSync(dataDir, { recursive: true });
});

async function startOnTerminal(env: Record<string, string> = {}): Promise<void> {
  const command = `exec node ${SERVICE.join(' ')}`;
  const running = start('script', ['-qec', command, '/dev/null'], {
    SHELL: '/bin/sh',
    NO_COLOR: '1',
    DATA_DIR: dataDir,
    PORT: '0',
    ...env,
  });
  service = { ...running, url: '' };
  while (!running.stdout().includes('Ctrl-C')) await pause(20);
  const [, url] = /Address +(\S+)/.exec(running.stdout())!;
  service.url = url!;
}

/** What is on the terminal, from some text on. */
async function readTerminal(from: string): Promise<string> {
  for (;;) {
    const text = service.stdout().replaceAll('\r', '');
    const at = text.indexOf(from);
    if (at !== -1 && text.endsWith('\n')) return text.slice(at);
    await pause(20);
  }
}

it('shows where it is, where the data lie, how to get a token and how to stop', async () => {
  await startOnTerminal();

  expect(await readTerminal('  Address')).toBe(
    [
      `  Address    ${service.url}`,
      `  Reference  ${service.url}/docs`,
      `  Data       ${dataDir}/user-statuses.db`,
      `  Token      DATA_DIR=${dataDir} npm run -s token`,
      '  Stop       Ctrl-C',
      '\n',
    ].join('\n'),
  );
});

it('shows an address that answers, a command that gets a token, and a way to stop', async () => {
  await startOnTerminal();
  const [, command] = /Token +(.+)\r/.exec(service.stdout())!;
  const { stdout } = await start('sh', ['-c', command!], {}, ROOT).finished;
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  const list = await fetch(service.url + COLLECTION, { headers });
  const page = await fetch(`${service.url}/docs`);
  service.child.stdin!.write(CTRL_C);
  const { code } = await service.finished;

  expect([list.status, page.status, code]).toEqual([200, 200, 0]);
});

it('shows the issuer that tokens are from, and no page that is not there', async () => {
  const issuer = { AUTH_ISSUER: 'https://login.example', AUTH_AUDIENCE: 'api' };
  await startOnTerminal({ ...issuer, DOCS: 'false', PUBLIC_URL: 'https://graph.example/x' });
  const text = await readTerminal('  Address');

  expect(text).toContain('  Address    https://graph.example/x\n');
  expect(text).toContain('  Reference  https://graph.example/x/openapi.json\n');
  expect(text).toContain('  Token      from https://login.example\n');
});

it('shows requests in readable lines, and why one was refused', async () => {
  await startOnTerminal();
  await fetch(`${service.url}/health/live`);
  await fetch(service.url + COLLECTION);

  const text = await readTerminal('GET /health/live');
  const refused = await readTerminal('GET /deviceManagement');

  expect(text).toMatch(/^GET \/health\/live 200 in [\d.]+ ms\n/);
  expect(refused).toMatch(/^\S+ \S+ 401 in [\d.]+ ms: InvalidAuthenticationToken: Access token is/);
  expect(service.stdout()).not.toContain('{');
});

it('shows nothing but JSON lines where it is no terminal', async () => {
  service = await startService({ DATA_DIR: dataDir });
  await fetch(service.url + COLLECTION);
  service.child.kill('SIGTERM');
  const { stdout } = await service.finished;
  const lines = stdout.trim().split('\n');

  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    expect.stringMatching(/^Server listening at http/),
    'request',
  ]);
});

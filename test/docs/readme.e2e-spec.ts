import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readBlocks } from '../support/code-blocks.js';
import { ROOT, start, startService, type Running } from '../support/run.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const [INSTALL, CREATE, READ, FIND, WRONG, OVERVIEW, BATCH, CERTIFY] = readBlocks(
  'README.md',
  'sh',
) as [string, string, string, string, string, string, string, string];

describe('the README', () => {
  let dataDir: string;
  let service: Running & { url: string };

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
    service = await startService({ DATA_DIR: dataDir });
  });

  afterAll(async () => {
    service.child.kill('SIGTERM');
    await service.finished;
    rmSync(dataDir, { recursive: true });
  });

  /** A block as a newcomer pastes it, but for the port and the folder. */
  async function paste(block: string, env: Record<string, string> = {}): Promise<string> {
    const script = block
      .replaceAll('http://127.0.0.1:3000', service.url)
      .replaceAll(' tls-', ` ${dataDir}/tls-`)
      .replaceAll('=tls-', `=${dataDir}/tls-`)
      .replaceAll('curl ', 'curl -sS ');
    const { code, stdout, stderr } = await start('bash', ['-e', '-c', script], {
      DATA_DIR: dataDir,
      ...env,
    }).finished;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  }

  it('installs by the two commands that CI runs', () => {
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');

    expect(INSTALL.trim()).toBe('npm ci && npm start');
    expect(ci).toContain('npm ci');
    expect(ci).toContain('npm start');
  });

  it('shows the answer that its create really gets', async () => {
    const answer = (await paste(CREATE)).replaceAll('\r', '').trim();
    const [head = '', body = ''] = answer.split('\n\n');
    const [shownHead = '', shownBody = ''] = readBlocks('README.md', 'http')[0]!
      .trim()
      .split('\n\n');
    const names = (lines: string): string[] =>
      lines.split('\n').map((line) => line.split(':')[0]!.toLowerCase());
    const etag = /W\/\\"([^"\\]+)\\"/;

    expect(head.split('\n')[0]).toBe('HTTP/1.1 201 Created');
    expect(names(head)).toEqual(expect.arrayContaining(names(shownHead)));
    expect(body.replace(etag, '').replaceAll(service.url, 'http://127.0.0.1:3000')).toBe(
      shownBody.replace(etag, ''),
    );
  });

  it('reads what it created', async () => {
    expect(JSON.parse(await paste(`TOKEN=$(npm run -s token)\n${READ}`))).toMatchObject({
      id: 'alex',
    });
  });

  it('finds what it created', async () => {
    expect(JSON.parse(await paste(`TOKEN=$(npm run -s token)\n${FIND}`))).toMatchObject({
      '@odata.count': 1,
      value: [{ id: 'alex' }],
    });
  });

  it('shows a wrong body that is refused', async () => {
    expect(JSON.parse(await paste(`TOKEN=$(npm run -s token)\n${WRONG}`))).toMatchObject({
      error: { code: 'ModelValidationFailure' },
    });
  });

  it('counts what it created', async () => {
    expect(JSON.parse(await paste(`TOKEN=$(npm run -s token)\n${OVERVIEW}`))).toMatchObject({
      notApplicableCount: 1,
      errorCount: 0,
    });
  });

  it('keeps what the certificate is made of apart from the data, and out of git', () => {
    expect(README).not.toContain('data/tls');
    expect(readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')).toContain('*.pem');
  });

  it('serves the Graph client, with the certificate it makes', async () => {
    await paste(CERTIFY.replace(/^TLS_CERT_FILE.*npm start$/m, ''));
    expect(CERTIFY).toMatch(/^TLS_CERT_FILE=tls-cert.pem TLS_KEY_FILE=tls-key.pem npm start$/m);
    const tls: OwnTestApp = await startTestApp({
      DATA_DIR: dataDir,
      TLS_CERT_FILE: `${dataDir}/tls-cert.pem`,
      TLS_KEY_FILE: `${dataDir}/tls-key.pem`,
    });
    const program = readBlocks('docs/clients.md', 'js')[0]!.replace(
      'https://localhost:3000',
      tls.url.replace('127.0.0.1', 'localhost'),
    );
    const printed = await paste(
      'TOKEN=$(npm run -s token) node --input-type=module -e "$PROGRAM"',
      { NODE_EXTRA_CA_CERTS: `${dataDir}/tls-cert.pem`, PROGRAM: program },
    );
    await tls.close();

    expect(printed).toBe('true error\n412 PreconditionFailed\n');
  });

  it('sends two requests in one', async () => {
    const { responses } = JSON.parse(await paste(`TOKEN=$(npm run -s token)\n${BATCH}`)) as {
      responses: { status: number }[];
    };

    expect(responses.map(({ status }) => status)).toEqual([200, 204]);
  });

  it('is short', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });

  it('links to pages that are there', () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1]!);

    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });
});

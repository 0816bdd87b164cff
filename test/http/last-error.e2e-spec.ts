/** What goes wrong where errors are answered ends that answer, and never the process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readRaw, sendRaw } from '../support/raw-socket.js';
import { ROOT, startService, type Running } from '../support/run.js';
import { TOKEN } from '../support/services.js';
import { COLLECTION } from '../support/user-status.js';

let dataDir: string;
let service: Running & { url: string };

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  service = await startService({ DATA_DIR: dataDir }, ROOT, ['test/support/last-error.mjs']);
});

afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.finished;
  rmSync(dataDir, { recursive: true });
});

function get(path: string, fault?: string): string {
  const { host } = new URL(service.url);
  const headers = [
    `Host: ${host}`,
    `Authorization: Bearer ${TOKEN}`,
    'Connection: close',
    ...(fault === undefined ? [] : [`Fault: ${fault}`]),
  ];
  return `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
}

const GET = `${COLLECTION}/ALEX`;
const READY = '/health/ready';

describe('the process lives, and its answer tells nothing, where', () => {
  it.each<[string, string, string, number | undefined]>([
    ['nothing can be read of what a hook throws', 'unreadable', GET, 500],
    ['nothing can be read of what a hook is rejected with', 'rejecting', GET, 500],
    ['nothing can be read of what an operation throws', 'operation', GET, 500],
    ['nothing can be read of what another handler throws', 'handler', READY, 503],
    ['a hook lets no answer through', 'sending', GET, undefined],
    ['a hook fails behind an answer', 'answered', GET, 404],
    ['a fault cannot be logged', 'logged', GET, 500],
  ])('%s', async (_name, fault, path, status) => {
    const answer = await sendRaw(service.url, get(path, fault));
    const malformed = await sendRaw(service.url, 'NONSENSE\r\n\r\n');
    const live = await sendRaw(service.url, get('/health/live'));

    expect(answer + live).not.toContain('SECRET');
    expect(answer === '' ? undefined : readRaw(answer).status).toBe(status);
    expect(readRaw(malformed).status).toBe(400);
    expect(readRaw(live).status).toBe(200);
    expect(service.child.exitCode).toBeNull();
  });

  it('all of that has happened: it ends when it is told to', async () => {
    service.child.kill('SIGTERM');
    const { signal, stderr } = await service.finished;

    expect({ signal, stderr }).toEqual({ signal: 'SIGTERM', stderr: '' });
  });
});

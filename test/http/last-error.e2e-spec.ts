/** What goes wrong where errors are answered ends that answer, and never the process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readRaw, sendRaw } from '../support/raw-socket.js';
import { createToken, ROOT, startService } from '../support/run.js';
import { COLLECTION } from '../support/user-status.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function get(url: string, path: string, token: string): string {
  const { host } = new URL(url);
  const authorization = `Authorization: Bearer ${token}`;
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\nConnection: close\r\n\r\n`;
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
    const program = 'test/support/last-error.mjs';
    const service = await startService({ DATA_DIR: dataDir, FAULT: fault }, ROOT, [program]);
    const token = await createToken(dataDir);
    const answer = await sendRaw(service.url, get(service.url, path, token));
    const malformed = await sendRaw(service.url, 'NONSENSE\r\n\r\n');
    const live = await sendRaw(service.url, get(service.url, '/health/live', token));
    service.child.kill('SIGTERM');
    const { signal, stderr } = await service.finished;

    expect({ signal, stderr }).toEqual({ signal: 'SIGTERM', stderr: '' });
    expect(answer + live).not.toContain('SECRET');
    expect(answer === '' ? undefined : readRaw(answer).status).toBe(status);
    expect(readRaw(malformed).status).toBe(400);
  });
});

/** What goes wrong where errors are answered ends that answer, and never the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

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

  it('the log cannot be written, as on a full disk', async () => {
    const port = await findPort();
    const child = spawn('sh', ['-c', 'exec node dist/bundle/main.js >/dev/full'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: String(port) },
    });
    const url = `http://127.0.0.1:${String(port)}`;
    const ended = once(child, 'exit');
    try {
      await untilLive(url);
      // The log is written within this time.
      await pause(200);
      const { status } = await fetch(`${url}/health/live`);
      expect(status).toBe(200);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toEqual([0, null]);
  });
});

async function findPort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilLive(url: string): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    const isLive = await fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isLive) return;
    await pause(100);
  }
  throw new Error('the service does not answer');
}

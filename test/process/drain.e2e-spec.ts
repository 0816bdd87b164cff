/** How long connections are kept, and how the service leaves those who send it requests. */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startNestApp } from '../support/nest-app.js';
import { openSocket, pause } from '../support/faults.js';
import { startService } from '../support/run.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

describe('KEEP_ALIVE_SECONDS', () => {
  it.each([
    [{}, 72],
    [{ KEEP_ALIVE_SECONDS: '650' }, 650],
    [{ KEEP_ALIVE_SECONDS: '3600' }, 3600],
  ])('is how long an idle connection is kept: %j', async (env, seconds) => {
    const app = await startNestApp(env);
    const sockets: Socket[] = [];
    app.app.nest.getHttpServer().on('connection', (socket: Socket) => sockets.push(socket));
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(`${app.url}/health/live`, { agent }), 'response')) as [
      NodeJS.ReadableStream & { headers: Record<string, string> },
    ];
    response.resume();
    await once(response, 'end');
    const timeoutMs = sockets[0]?.timeout;
    agent.destroy();
    await app.close();

    expect(response.headers['keep-alive']).toBe(`timeout=${String(seconds)}`);
    // Some releases of Node add a second, for what is on its way.
    expect([seconds, seconds + 1]).toContain((timeoutMs ?? 0) / 1000);
  });

  it('is when one is closed', async () => {
    const service = await startService({ DATA_DIR: dataDir, KEEP_ALIVE_SECONDS: '1' });
    const socket = openSocket(service.url);
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    service.child.kill('SIGTERM');

    expect((await service.finished).code).toBe(0);
  });
});

describe('DRAIN_DELAY_SECONDS', () => {
  /** On a connection of its own. */
  async function ask(url: string, path: string) {
    const response = await fetch(url + path, { headers: { connection: 'close' } });
    const { status, headers } = response;
    return { status, retryAfter: headers.get('retry-after'), body: await response.text() };
  }

  it('is how long requests are taken on, while it is not ready', async () => {
    const service = await startService({ DATA_DIR: dataDir, DRAIN_DELAY_SECONDS: '3' });
    const before = await ask(service.url, '/health/ready');
    const open = openSocket(service.url);
    let answers = '';
    open.on('data', (data) => (answers += data.toString()));
    await once(open, 'connect');
    const stoppedAt = performance.now();
    service.child.kill('SIGTERM');
    let ready = before;
    while (ready.status === 200) ready = await ask(service.url, '/health/ready');
    const live = await ask(service.url, '/health/live');
    const metadata = await ask(service.url, '/$metadata');
    open.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const { code, stderr } = await service.finished;
    const tookMs = performance.now() - stoppedAt;

    expect([before, live, metadata].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(ready).toMatchObject({ status: 503, retryAfter: '1' });
    expect(JSON.parse(ready.body)).toMatchObject({
      error: { code: 'ServiceUnavailable', message: 'The service is about to stop.' },
    });
    expect(answers).toMatch(/^HTTP\/1\.1 200 /);
    expect(answers).not.toMatch(/^connection: close/im);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(tookMs).toBeGreaterThan(2900);
  });

  it('gives requests that are in flight then as long as without it', async () => {
    const service = await startService({ DATA_DIR: dataDir, DRAIN_DELAY_SECONDS: '3' });
    const stuck = openSocket(service.url);
    stuck.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n');
    await pause(200);
    const stoppedAt = performance.now();
    service.child.kill('SIGTERM');
    const { code } = await service.finished;
    const tookMs = performance.now() - stoppedAt;
    stuck.destroy();

    expect(code).toBe(0);
    // The delay and, behind it, the time for what is in flight; more than ten seconds in all.
    expect(tookMs).toBeGreaterThan(10_500);
  });

  it('is not waited for where the start fails', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const port = new URL(service.url).port;
    const env = { DATA_DIR: dataDir, DRAIN_DELAY_SECONDS: '3600', PORT: port };
    const refusal = startService(env);

    await expect(refusal).rejects.toThrow('the port is in use');
    service.child.kill('SIGTERM');
    await service.finished;
  });
});

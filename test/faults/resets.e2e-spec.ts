/** Peers that go in the middle of anything. The service is a process of its own: what ends it is seen. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createCertificate } from '../support/certificate.js';
import { askLive, openSocket, pause, sized } from '../support/faults.js';
import { startService, type Running } from '../support/run.js';
import { TOKEN } from '../support/services.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

/** How many connections are reset on each path. */
const RESETS = sized(1000, 30);
const AT_ONCE = 10;

/** In the same turn, or somewhere in the milliseconds in which it is read and answered. */
const WAITS_MS = [0, 0, 0, 1, 1, 2, 3, 5, 8, 13];

const BODY = JSON.stringify(userStatus());

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function request(line: string, headers = '', body = ''): string {
  return `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n${headers}\r\n${body}`;
}

function create(sent: string, headers = ''): string {
  const length = `Content-Type: application/json\r\nContent-Length: ${String(BODY.length)}\r\n`;
  return request(`POST ${COLLECTION}`, length + headers, sent);
}

/** What is sent before the connection is reset. */
const PATHS: readonly [string, () => string][] = [
  ['CONNECT', () => request('CONNECT x:1')],
  ['CONNECT behind others', () => request('GET /docs').repeat(5) + request('CONNECT x:1')],
  ['an upgrade', () => request('GET /docs', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')],
  ['nothing', () => ''],
  ['half of the headers', () => request('GET /docs').slice(0, 40)],
  ['bytes that are no HTTP', () => 'NONSENSE\r\n\r\n'],
  ['an expectation', () => create('', 'Expect: 100-continue\r\n')],
  ['half of a body', () => create(BODY.slice(0, 40))],
  ['a request with a large answer', () => request('GET /docs/swagger-ui-bundle.js')],
  ['one request behind the other', () => request('GET /docs').repeat(20) + create(BODY).repeat(9)],
  ['nonsense behind requests', () => `${request(`GET ${COLLECTION}`).repeat(5)}NONSENSE\r\n\r\n`],
];

/** Opens connections, some at a time, and resets each when `begin` says that all is sent, or a little later. */
async function reset(url: string, begin: (socket: Socket, sent: () => void) => void) {
  async function once(waitMs: number): Promise<void> {
    const socket = openSocket(url);
    await new Promise<void>((resolve) => {
      socket.once('close', resolve);
      begin(socket, resolve);
    });
    if (waitMs > 0) await pause(waitMs);
    socket.resetAndDestroy();
  }
  for (let done = 0; done < RESETS; done += AT_ONCE) await Promise.all(WAITS_MS.map(once));
}

/** The process lives and answers, and told of nothing that it did not expect. */
async function requireUnharmed(service: Running & { url: string }): Promise<void> {
  const status = await askLive(service.url).catch(String);
  const faults = service
    .stdout()
    .split('\n')
    .filter((line) => /"level":[4-9]\d/.test(line))
    // That handshakes were cut off is told, and no fault.
    .filter((line) => !line.includes('"handshakes":{"ECONNRESET"'));

  expect({ status, faults, stderr: service.stderr() }).toEqual({
    status: 200,
    faults: [],
    stderr: '',
  });
}

describe('a connection that is reset', () => {
  let service: Running & { url: string };

  beforeAll(async () => {
    service = await startService({ DATA_DIR: folder });
  });

  afterAll(async () => {
    service.child.kill('SIGTERM');
    await service.finished;
  });

  it.each(PATHS)('harms no other: behind %s', async (_what, toBytes) => {
    await reset(service.url, (socket, sent) => {
      socket.write(toBytes(), sent);
    });

    await requireUnharmed(service);
  });
});

describe('a TLS connection that is reset', () => {
  let service: Running & { url: string };

  beforeAll(async () => {
    const { env } = await createCertificate(folder);
    service = await startService({ DATA_DIR: folder, ...env });
  });

  afterAll(async () => {
    service.child.kill('SIGTERM');
    await service.finished;
  });

  it.each(PATHS)('harms no other: behind %s', async (_what, toBytes) => {
    await reset(service.url, (socket, sent) => {
      const secure = connectTls({ socket, rejectUnauthorized: false });
      secure.on('error', () => undefined);
      secure.on('secureConnect', () => {
        secure.write(toBytes(), () => {
          sent();
        });
      });
    });

    await requireUnharmed(service);
  });

  it.each([
    ['half of a handshake', Buffer.from('16030102000100', 'hex')],
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['garbage', Buffer.alloc(5000, 'x')],
  ])('harms no other: behind %s', async (_what, bytes) => {
    await reset(service.url, (socket, sent) => {
      socket.write(bytes, () => {
        sent();
      });
    });

    await requireUnharmed(service);
  });
});

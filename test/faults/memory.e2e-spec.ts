/** Callers who make the service hold as much as it will. It is a process of its own, with real limits and pages of a mebibyte. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { askLive, openSocket, pause, readResidentMiB, sized } from '../support/faults.js';
import { startService, type Running } from '../support/run.js';
import { TOKEN } from '../support/services.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const CONNECTIONS = sized(64, 12);
const ATTACK_MS = sized(10_000, 1000);
const SETTLE_MS = sized(20_000, 10_000);

const MOST_MIB = 400;
const KEPT_MIB = 100;

/** How long another waits meanwhile; without turns it would be for as long as there is something to do. */
const MOST_WAIT_MS = 5000;

const ROWS = 1000;

let folder: string;

function request(line: string, headers = '', body = ''): Buffer {
  return Buffer.from(
    `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n${headers}\r\n${body}`,
  );
}

function batch(body: string, sent = body): Buffer {
  const about = `Content-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n`;
  return request('POST /$batch', about, sent);
}

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array<Buffer>(times).fill(bytes));
}

/** A batch of so many requests. */
function toBatch(items: readonly object[]): string {
  return JSON.stringify({ requests: items.map((item, i) => ({ id: String(i), ...item })) });
}

const LISTS = Array.from({ length: 20 }, () => ({ method: 'GET', url: `${COLLECTION}?$top=1000` }));

/** What each connection sends. */
const ATTACKS: readonly [string, () => Buffer][] = [
  ['lists one behind the other, unread', () => repeat(request(`GET ${COLLECTION}?$top=1000`), 115)],
  [
    'tiny requests one behind the other',
    () => repeat(Buffer.from('GET /a HTTP/1.1\r\nHost:\r\n\r\n'), 2400),
  ],
  [
    'documents one behind the other, unread',
    () => repeat(request('GET /docs/swagger-ui-bundle.js'), 100),
  ],
  ['batches of lists, unread', () => repeat(batch(toBatch(LISTS)), 20)],
  [
    'a batch in chunks of one byte',
    () =>
      Buffer.concat([
        request('POST /$batch', 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n'),
        Buffer.from('1\r\n \r\n'.repeat(200_000)),
      ]),
  ],
  ['bodies that do not end', () => batch(' '.repeat(1_048_576), ' '.repeat(1_048_575))],
  ['headers that do not end', () => request('GET /', `x: ${'y'.repeat(30_000)}`).subarray(0, -4)],
];

/** A connection that sends this and reads nothing, and another behind it as soon as it is closed. */
function attack(url: string, bytes: Buffer): () => void {
  let isOver = false;
  let socket: Socket;
  function begin(): void {
    socket = openSocket(url);
    socket.pause();
    socket.write(bytes);
    socket.once('close', () => {
      if (!isOver) setTimeout(begin, 10);
    });
  }
  begin();
  return () => {
    isOver = true;
    socket.destroy();
  };
}

async function fill(url: string): Promise<void> {
  const text = 'x'.repeat(1000);
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const items = Array.from({ length: 20 }, () => ({
    method: 'POST',
    url: COLLECTION,
    headers: { 'content-type': 'application/json' },
    body: userStatus({ userDisplayName: text }),
  }));
  for (let rows = 0; rows < ROWS; rows += items.length) {
    const response = await fetch(`${url}/$batch`, {
      method: 'POST',
      headers,
      body: toBatch(items),
    });
    if (!(await response.text()).includes('"status":201')) throw new Error('no rows');
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each([
  ['a service', {}],
  ['a service with a small heap', { NODE_OPTIONS: '--max-old-space-size=256' }],
])('%s', (_what, env) => {
  let service: Running & { url: string };
  let atRestMiB: number;

  beforeAll(async () => {
    service = await startService({ DATA_DIR: folder, LOG_LEVEL: 'info', ...env });
    await fill(service.url);
    atRestMiB = readResidentMiB(service.child.pid!);
  });

  afterAll(async () => {
    service.child.kill('SIGTERM');
    await service.finished;
  });

  it.each(ATTACKS)(
    'keeps its memory against %s',
    async (_what, toBytes) => {
      const pid = service.child.pid!;
      const bytes = toBytes();
      const ends = Array.from({ length: CONNECTIONS }, () => attack(service.url, bytes));
      let most = 0;
      const until = Date.now() + ATTACK_MS;
      while (Date.now() < until) {
        await pause(50);
        most = Math.max(most, readResidentMiB(pid));
      }
      const askedAt = performance.now();
      const status = await askLive(service.url);
      const answeredMs = performance.now() - askedAt;
      for (const end of ends) end();
      let after = readResidentMiB(pid);
      const giveUpAt = Date.now() + SETTLE_MS;
      while (Date.now() < giveUpAt && after > atRestMiB + KEPT_MIB) {
        await pause(100);
        after = readResidentMiB(pid);
      }
      expect(status).toBe(200);
      expect(answeredMs).toBeLessThan(MOST_WAIT_MS);
      expect(most).toBeLessThan(MOST_MIB);
      expect(after).toBeLessThanOrEqual(atRestMiB + KEPT_MIB);
    },
    60_000,
  );
});

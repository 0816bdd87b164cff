/** How bodies arrive, and how much of them may be held. */
import type { Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { openSocket, pause } from '../support/faults.js';
import { readRaw, sendRaw } from '../support/raw-socket.js';
import { signToken } from '../support/sign-token.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: OwnTestApp;

beforeAll(async () => {
  app = await startTestApp({ BODY_LIMIT_BYTES: '16777216', REQUEST_TIMEOUT_SECONDS: '10' });
});

beforeEach(async () => {
  await app.database.empty();
});

afterAll(async () => {
  await app.close();
});

function head(path: string, framing: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\n${framing}\r\nConnection: close\r\n\r\n`;
}

/** A user status of so many bytes: what is more than one has is an annotation, which is ignored. */
function bodyOf(bytes: number, id = 'ALEX'): string {
  const least = JSON.stringify(userStatus({ id, '@padding': '' })).length;
  return JSON.stringify(userStatus({ id, '@padding': 'x'.repeat(bytes - least) }));
}

function inChunks(body: string, length: number): string {
  const chunks: string[] = [];
  for (let at = 0; at < body.length; at += length) {
    const chunk = body.slice(at, at + length);
    chunks.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  }
  return `${chunks.join('')}0\r\n\r\n`;
}

describe('a body', () => {
  it.each([
    ['at once', 600, 600],
    ['in two pieces', 600, 300],
    ['byte by byte', 600, 1],
    ['in pieces of a network', 200_000, 1460],
    ['of the most bytes there may be', 16_777_216, 65_536],
  ])('is read %s, with a length and in chunks', async (_what, bytes, piece) => {
    const [known, chunked] = [bodyOf(bytes, 'known'), bodyOf(bytes, 'chunked')];
    const pieces = known.match(new RegExp(`.{1,${String(piece)}}`, 'gs'))!;
    const answers = [
      await sendRaw(app.url, [head(COLLECTION, `Content-Length: ${String(bytes)}`), ...pieces]),
      await sendRaw(app.url, [
        head(COLLECTION, 'Transfer-Encoding: chunked'),
        inChunks(chunked, piece),
      ]),
    ].map(readRaw);

    expect(answers).toMatchObject([
      { status: 201, body: { id: 'known' } },
      { status: 201, body: { id: 'chunked' } },
    ]);
  });

  it.each([
    ['/$batch', 413, 'RequestEntityTooLarge'],
    [COLLECTION, 413, 'RequestEntityTooLarge'],
  ])('is refused in thousands of tiny chunks: %s', async (path, status, code) => {
    const answer = await sendRaw(app.url, [
      head(path, 'Transfer-Encoding: chunked'),
      inChunks(bodyOf(20_000), 1),
    ]);

    expect(readRaw(answer)).toMatchObject({
      status,
      body: { error: { code, message: expect.stringContaining('too many chunks') } },
    });
  });

  it('is refused while too many others of its caller are on their way, and no other caller is', async () => {
    const opened = new Set<Socket>();
    function hold(): void {
      const socket = openSocket(app.url).resume();
      socket.write(head('/$batch', 'Content-Length: 1048576') + '['.padEnd(1_048_575));
      opened.add(socket);
      // One that came while a body of the other kind was held, and so was refused, comes again.
      socket.once('close', () => {
        if (opened.delete(socket)) hold();
      });
    }
    // As many as fit to the byte.
    for (let i = 0; i < 32; i += 1) hold();
    const request = head(COLLECTION, 'Content-Length: 40000') + bodyOf(40_000);
    let refused = readRaw(await sendRaw(app.url, request));
    for (let tries = 0; refused.status !== 503 && tries < 50; tries += 1) {
      await pause(50);
      refused = readRaw(await sendRaw(app.url, request));
    }
    const small = await app.send('POST', COLLECTION, userStatus());
    const authorization = `Bearer ${await signToken(app, 'other')}`;
    const good = await app.send('POST', COLLECTION, bodyOf(40_000, 'B'), { authorization });
    for (const socket of opened) {
      opened.delete(socket);
      socket.destroy();
    }
    await pause(300);
    const again = await app.send('POST', COLLECTION, bodyOf(40_000, 'C'));

    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'ServiceUnavailable' } } });
    expect(refused.head).toContain('retry-after: 1');
    expect([small.status, good.status, again.status]).toEqual([201, 201, 201]);
  });
});

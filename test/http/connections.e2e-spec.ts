/** How many connections there may be, and which one goes when there are more. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createCertificate } from '../support/certificate.js';
import { askLive, openSocket, pause, sized } from '../support/faults.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const sockets: Socket[] = [];
let app: OwnTestApp;

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app.close();
});

/** Opens a connection that says nothing, and resolves when it is there. */
async function openIdle(): Promise<Socket> {
  const socket = openSocket(app.url);
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket.resume();
}

/** On a connection of its own: how it was answered, and whether it may go on. */
async function ask(path: string, headers = '', localAddress = '127.0.0.1') {
  const { hostname, port } = new URL(app.url);
  const socket = connect({ port: Number(port), host: hostname, localAddress });
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (data) => {
      resolve(data.toString());
    });
    socket.once('close', () => {
      resolve('closed');
    });
  });
  return { status: answer.slice(9, 12), isKept: !/connection: close/i.test(answer) };
}

/** How many of these the service has closed, when there are no more of them for a while. */
async function countClosed(opened: readonly Socket[]): Promise<number> {
  const counts: number[] = [];
  while (counts.length < 3 || new Set(counts.slice(-3)).size > 1) {
    await pause(250);
    counts.push(opened.filter((socket) => socket.readyState !== 'open').length);
  }
  return counts.at(-1)!;
}

describe('more connections than there may be', () => {
  it('are let in where others are idle: the longest idle one goes', async () => {
    app = await startTestApp({ MAX_CONNECTIONS: '4' });
    const opened: Socket[] = [];
    for (let i = 0; i < 12; i += 1) opened.push(await openIdle());
    const created = await app.send('POST', COLLECTION, userStatus());

    expect(created.status).toBe(201);
    expect(await countClosed(opened)).toBe(9);
    expect(await countClosed(opened.slice(0, 9))).toBe(9);
  });

  it('do not end one that something is done for', async () => {
    app = await startTestApp({ MAX_CONNECTIONS: '3' });
    const unlock = await app.database.lockWrites();
    const waiting = app.send('POST', COLLECTION, userStatus());
    await pause(100);
    // What was sent before has arrived when this is answered.
    await ask('/health/live');
    const opened: Socket[] = [];
    for (let i = 0; i < 20; i += 1) opened.push(await openIdle());
    // All have been let in then, while something is done.
    const closed = await countClosed(opened);
    await unlock();

    expect(closed).toBe(18);
    expect((await waiting).status).toBe(201);
  });

  it('go themselves where no other is idle', async () => {
    app = await startTestApp({ MAX_CONNECTIONS: '1' });
    const unlock = await app.database.lockWrites();
    const waiting = app.send('POST', COLLECTION, userStatus());
    await pause(500);
    const newcomer = await ask('/health/live');
    await unlock();

    expect(newcomer.status).toBe('');
    expect((await waiting).status).toBe(201);
  });

  it('end one whose request has not arrived, as if it was idle since it came', async () => {
    app = await startTestApp({ MAX_CONNECTIONS: '2' });
    const half = await openIdle();
    half.write(
      `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    await pause(100);
    const later = [await openIdle(), await openIdle()];

    expect(await countClosed([half])).toBe(1);
    expect(await countClosed(later)).toBe(0);
  });

  it.each([
    ['of one address are bounded by themselves', '2', 3],
    ['of one address are not, where that is off', '0', 0],
  ])('%s', async (_what, perAddress, closed) => {
    app = await startTestApp({ MAX_CONNECTIONS_PER_ADDRESS: perAddress });
    const other = await ask('/health/live', '', '127.0.0.2');
    const opened: Socket[] = [];
    for (let i = 0; i < 5; i += 1) opened.push(await openIdle());

    expect(other).toEqual({ status: '200', isKept: true });
    expect(await countClosed(opened)).toBe(closed);
    // The one of the other address is not theirs to take.
    expect(await countClosed(sockets.slice(0, 1))).toBe(0);
  });

  it('leave a service of many idle ones unharmed', async () => {
    const limit = sized(4096, 400);
    const env = { MAX_CONNECTIONS: String(limit), MAX_CONNECTIONS_PER_ADDRESS: '0' };
    app = await startTestApp(env);
    const opened: Socket[] = [];
    for (let i = 0; i < limit * 1.2; i += 1) opened.push(await openIdle());
    const created = await app.send('POST', COLLECTION, userStatus());

    expect(created.status).toBe(201);
    expect(await countClosed(opened)).toBeGreaterThan(limit * 0.2 - 1);
  });

  it('are told of in one line of the log', async () => {
    app = await startTestApp({ MAX_CONNECTIONS: '2' });
    for (let i = 0; i < 12; i += 1) await openIdle();
    await pause(100);
    await app.stop();
    const log = await app.takeLog();
    const told = log.split('\n').filter((line) => line.includes('for their limits'));

    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0]!)).toMatchObject({
      level: 40,
      closed: { idle: 10, refused: 0 },
      limits: { MAX_CONNECTIONS: 10 },
      handshakes: {},
    });
  });

  it('are told of with the limit of one address, where it was that', async () => {
    app = await startTestApp({ MAX_CONNECTIONS_PER_ADDRESS: '2' });
    for (let i = 0; i < 5; i += 1) await openIdle();
    await pause(100);
    await app.stop();
    const [told] = await readTold();

    expect(told).toMatchObject({
      closed: { idle: 3 },
      limits: { MAX_CONNECTIONS_PER_ADDRESS: 3 },
    });
  });
});

async function readTold(): Promise<unknown[]> {
  const lines = (await app.takeLog()).split('\n');
  return lines
    .filter((line) => line.includes('for their limits'))
    .map((line) => JSON.parse(line) as unknown);
}

describe('TLS handshakes that fail', () => {
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'user-statuses-tls-'));
    app = await startTestApp((await createCertificate(folder)).env);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Says this as the first thing, and goes. */
  async function begin(bytes: Buffer | string, go: (socket: Socket) => void): Promise<void> {
    const socket = await openIdle();
    if (bytes.length > 0) await new Promise((resolve) => socket.write(bytes, resolve));
    go(socket);
    if (!socket.closed) await once(socket, 'close');
  }

  it('are counted by their causes, in the one line of the log', async () => {
    const nothing = (): void => undefined;
    for (let i = 0; i < 3; i += 1) await begin('GET / HTTP/1.1\r\n\r\n', nothing);
    await begin('nonsense that is no TLS at all', nothing);
    // The header of a record, and nothing behind it.
    await begin(Buffer.from('160301020001', 'hex'), (socket) => socket.end());
    const { hostname, port } = new URL(app.url);
    const old = connectTls({
      host: hostname,
      port: Number(port),
      ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
      maxVersion: 'TLSv1.2',
    });
    await new Promise((resolve) => old.once('error', resolve));
    const live = await askLive(app.url);
    await pause(100);
    await app.stop();
    const told = await readTold();

    expect(live).toBe(200);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ level: 40, closed: { idle: 0 }, limits: {} });
    expect((told[0] as { handshakes: unknown }).handshakes).toEqual({
      ERR_SSL_HTTP_REQUEST: 3,
      ERR_SSL_WRONG_VERSION_NUMBER: 1,
      ECONNRESET: 1,
      ERR_SSL_NO_SHARED_CIPHER: 1,
    });
  });

  it('are none where nothing is said, as balancers probe a port', async () => {
    await begin('', (socket) => socket.end());
    await begin('', (socket) => socket.resetAndDestroy());
    await askLive(app.url);
    await pause(100);
    await openIdle();
    await app.stop();

    expect(await readTold()).toEqual([]);
  });
});

describe('a stranger', () => {
  it.each([
    ['/nothing', '404'],
    [COLLECTION, '401'],
  ])('keeps no connection when there are nearly too many: %s', async (path, status) => {
    app = await startTestApp({ MAX_CONNECTIONS: '8' });
    expect(await ask(path)).toEqual({ status, isKept: true });
    for (let i = 0; i < 7; i += 1) await openIdle();
    const authorization = `Authorization: Bearer ${app.token}\r\n`;

    expect(await ask(path)).toEqual({ status, isKept: false });
    expect(await ask(`${COLLECTION}/nobody`, authorization)).toEqual({
      status: '404',
      isKept: true,
    });
    expect(await ask('/health/live')).toEqual({ status: '200', isKept: true });
  });
});

/** Over real sockets, with limits that need no patience. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import { toSlices } from './answer-body.js';
import { Connections } from './connections.js';
import { createLogger } from './logger.js';
import { OneAtATime } from './one-at-a-time.js';

const READER = { bytesPerSecond: 20_000, windowMs: 1500 };

/** More than the kernel keeps for a reader. */
const LARGE = Buffer.alloc(33_554_432, 'x');

let server: Server;
let lines: string[] = [];

async function listen(serve: RequestListener, reader = READER): Promise<void> {
  lines = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const connections = new Connections({ connections: 10, perAddress: 0, reader }, logger);
  server = createServer(new OneAtATime(serve, connections).take);
  connections.watch(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

/** Resolves when the server has ended the connection. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
}

/** What is heard first. */
function read(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (data) => {
      resolve(data.toString());
    });
  });
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a reader', () => {
  it('loses its connection where it takes nothing', async () => {
    await listen((_request, response) => {
      toSlices(LARGE).pipe(response);
    });
    const closed = new Promise((resolve) => {
      server.on('connection', (socket: Socket) => socket.once('close', resolve));
    });
    const socket = open();
    socket.write(GET);
    await closed;
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));

    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 40, closed: { slow: 1 } },
    ]);
  });

  it('keeps it where it takes enough, however long that lasts', async () => {
    // A window that this process is not held up for, whatever else the machine does.
    const reader = { ...READER, windowMs: 1000 };
    await listen((_request, response) => {
      toSlices(LARGE).pipe(response);
    }, reader);
    const socket = open();
    let taken = 0;
    socket.on('data', (data) => {
      taken += data.length;
      socket.pause();
      setTimeout(() => socket.resume(), 6);
    });
    socket.write(GET.replace('Host', 'Connection: close\r\nHost'));
    await ended(socket);

    expect(taken).toBeGreaterThan(LARGE.length);
  });

  it('keeps it while its answer is being made', async () => {
    await listen((_request, response) => {
      setTimeout(() => response.end('done'), 1.5 * READER.windowMs);
    });
    const socket = open();
    socket.write(GET);
    const answer = await read(socket);
    socket.destroy();

    expect(answer).toContain('done');
  });
});

describe('requests one behind the other', () => {
  it('let others have their turn between them', async () => {
    let served = 0;
    const servedAtOnce = new Promise<number>((resolve) => {
      void listen((_request, response) => {
        served += 1;
        // What comes from other connections is heard behind this at the latest.
        if (served === 1)
          setImmediate(() => {
            resolve(served);
          });
        response.end('done');
      }).then(() => {
        const socket = open();
        socket.resume().write(GET.repeat(200));
      });
    });

    expect(await servedAtOnce).toBeLessThan(5);
  });
});

describe('a fault that nobody expected', () => {
  it('ends its connection, and no other, and is told', async () => {
    await listen((request, response) => {
      if (request.url === '/fault') throw new Error('unexpected');
      response.end('fine');
    });
    const other = open();
    const socket = open();
    socket.write(GET.replace('/', '/fault'));
    await ended(socket);
    other.write(GET);
    const answer = await read(other);
    other.destroy();

    expect(answer).toContain('fine');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        level: 50,
        address: '127.0.0.1',
        err: { message: 'unexpected' },
        msg: 'a connection failed',
      },
    ]);
  });
});

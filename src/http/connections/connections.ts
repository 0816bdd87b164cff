import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import type { Logger } from 'pino';

import { toJsonString } from '../../odata/protocol/json-text.js';
import { Connection, type Address } from './connection.js';
import { EndedConnections } from './ended-connections.js';
import { Handshakes } from './handshakes.js';
import { Readers, type ReaderLimits } from './readers.js';

export interface ConnectionLimits {
  connections: number;
  /** 0 where one address may have all of them. */
  perAddress: number;
  reader?: ReaderLimits;
}

/** From this share of the limit on, strangers keep no connection. */
const CROWDED_SHARE = 0.75;

/**
 * How many requests may be held behind others, on the connections of an address and on all. Each
 * takes about 2 KiB.
 */
const MAX_HELD_PER_ADDRESS = 8192;
const MAX_HELD_IN_ALL = 16_384;

/** What a peer can bring about: it goes, or speaks neither HTTP nor TLS. */
const EXPECTED =
  /^(?:ECONN|EPIPE|EPROTO|ETIMEDOUT|EHOST|ENET|ERR_SSL|ERR_TLS|ERR_HTTP|ERR_STREAM|HPE_)/;

/**
 * Every open connection: how many there may be, which one goes when there are too many, and that a
 * fault of one is no fault of others.
 */
export class Connections {
  private readonly all = new Set<Connection>();
  /** Those that nothing is done for, the longest idle first. */
  readonly idle = new Set<Connection>();
  private readonly addresses = new Map<string, Address>();
  private readonly handshakes: Handshakes;
  private readonly readers: Readers;
  /** Whether no connection is kept open behind its next answer. */
  isStopping = false;
  private held = 0;
  private readonly ended: EndedConnections;

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly logger: Logger,
  ) {
    this.ended = new EndedConnections(logger);
    this.handshakes = new Handshakes(this.ended);
    this.readers = new Readers(limits.reader);
  }

  limit(server: HttpServer): void {
    const isTls = server instanceof TlsServer;
    server.on('connection', (socket: Socket) => {
      this.guard(socket, () => {
        this.add(socket, isTls);
      });
    });
    server.on('secureConnection', (socket: Socket) => {
      this.guard(socket, () => {
        this.secure(socket);
      });
    });
    this.handshakes.listen(server);
    server.on('listening', () => {
      // Such as of `accept`: the connections that there are go on.
      server.on('error', (error) => {
        this.logger.error({ err: error }, 'the server failed to accept a connection');
      });
      const sweep = setInterval(() => {
        this.sweep();
      }, this.readers.intervalMs).unref();
      server.on('close', () => {
        clearInterval(sweep);
        this.ended.tell();
      });
    });
  }

  /** Whether the limit is near. */
  get isCrowded(): boolean {
    return this.all.size > this.limits.connections * CROWDED_SHARE;
  }

  /**
   * Counts a request behind another. `false` where there are too many: then the connection is gone.
   */
  hold(connection: Connection): boolean {
    if (connection.isGone) return false;
    this.count(connection, 1);
    if (this.held <= MAX_HELD_IN_ALL && connection.address.held <= MAX_HELD_PER_ADDRESS)
      return true;
    this.ended.countClosed('pipelined');
    this.destroy(connection);
    return false;
  }

  /** Takes no more of a connection that brings too much at once. */
  endSoon(connection: Connection): void {
    this.ended.countClosed('pipelined');
    connection.endSoon();
  }

  letGo(connection: Connection): void {
    this.count(connection, -1);
  }

  /**
   * Does what an event of a connection asks for. A fault that nobody expected ends that connection,
   * and nothing else.
   */
  guard(socket: Socket, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.fail(socket, error);
    }
  }

  fail(socket: Socket, error: unknown): void {
    const address = socket.peer?.address.text ?? socket.remoteAddress;
    this.logger.error({ address, err: error }, 'a connection failed');
    socket.destroy();
  }

  /** No connection is kept open behind its next answer, and none on which nothing was ever said. */
  stop(): void {
    this.isStopping = true;
    for (const connection of this.all) {
      if (connection.isSilent) connection.destroy();
      else if (connection.answer !== undefined) connection.answer.shouldKeepAlive = false;
    }
  }

  destroyAll(): void {
    for (const connection of this.all) connection.destroy();
  }

  private add(socket: Socket, isTls: boolean): void {
    const connection = this.open(socket);
    if (isTls) this.handshakes.begin(socket, connection);
    this.makeRoom(connection);
  }

  private secure(socket: Socket): void {
    const connection = this.handshakes.take(socket);
    if (connection === undefined) {
      // Reset meanwhile, which is all that is known of it; what it brought is still read.
      this.open(socket);
      socket.destroy();
      return;
    }
    connection.socket = socket;
    this.attend(socket, connection);
  }

  private open(socket: Socket): Connection {
    const connection = new Connection(socket, this.addressOf(socket.remoteAddress ?? ''), this);
    this.attend(socket, connection);
    this.all.add(connection);
    connection.address.connections += 1;
    connection.markIdle();
    socket.once('close', () => {
      this.forget(connection);
    });
    return connection;
  }

  /**
   * Node takes its own listener off a socket before it hands it over, and an error that nobody
   * listens to ends the process.
   */
  private attend(socket: Socket, connection: Connection): void {
    socket.peer = connection;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!EXPECTED.test(error.code ?? '')) this.fail(socket, error);
    });
    // Whoever reads a body lets the socket go on, also while requests wait.
    socket.on('resume', () => {
      if (connection.waiting.length > 0) socket.pause();
    });
  }

  private addressOf(text: string): Address {
    let address = this.addresses.get(text);
    if (address === undefined) {
      const member = `"address":${toJsonString(text)}`;
      address = { text, member, connections: 0, held: 0, idle: new Set() };
      this.addresses.set(text, address);
    }
    return address;
  }

  /**
   * Where there are too many, the longest idle one goes. The newest comes last: it goes where no
   * other is idle.
   */
  private makeRoom(newest: Connection): void {
    const { address } = newest;
    const { connections, perAddress } = this.limits;
    const isBeyondAddress = perAddress > 0 && address.connections > perAddress;
    if (!isBeyondAddress && this.all.size <= connections) return;
    const [longest] = isBeyondAddress ? address.idle : this.idle;
    if (longest === undefined) return;
    this.ended.countClosed(
      longest === newest ? 'refused' : 'idle',
      isBeyondAddress ? 'MAX_CONNECTIONS_PER_ADDRESS' : 'MAX_CONNECTIONS',
    );
    this.destroy(longest);
  }

  private destroy(connection: Connection): void {
    this.forget(connection);
    connection.destroy();
  }

  private forget(connection: Connection): void {
    if (!this.all.delete(connection)) return;
    const { address } = connection;
    connection.isGone = true;
    connection.markBusy();
    this.count(connection, -connection.held);
    connection.waiting.length = 0;
    address.connections -= 1;
    if (address.connections === 0) this.addresses.delete(address.text);
  }

  private count(connection: Connection, requests: number): void {
    connection.held += requests;
    connection.address.held += requests;
    this.held += requests;
  }

  private sweep(): void {
    const now = performance.now();
    for (const connection of this.all) {
      if (!this.readers.isTooSlow(connection, now)) continue;
      this.ended.countClosed('slow');
      this.destroy(connection);
    }
    this.ended.tellIfDue();
  }
}

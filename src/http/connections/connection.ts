import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Holding } from './byte-budget.js';

declare module 'node:net' {
  interface Socket {
    /** Our side of the connection; `Connections` sets it as the first thing. */
    peer?: Connection;
  }
}

/** Where connections come from. They share what one address may have. */
export interface Address {
  readonly text: string;
  /** The same, as a line of the log has it. */
  readonly member: string;
  connections: number;
  /** How many requests are held behind others. */
  held: number;
  /** Those that nothing is done for, the longest idle first. */
  readonly idle: Set<Connection>;
}

/** All connections, as far as one of them has to know. */
interface Others {
  /** Those that nothing is done for, the longest idle first. */
  readonly idle: Set<Connection>;
  /** Whether the limit is near. */
  readonly isCrowded: boolean;
}

/** A request and its answer, as Node hands them over. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/** A connection: what is answered on it now, and what waits behind. */
export class Connection {
  /** What requests come on: over TLS, and once its handshake is over, not what was accepted. */
  socket: Socket;
  /** The answer that is being made or sent. */
  answer: ServerResponse | undefined;
  /** The last request that was answered before all of it had arrived. */
  answeredEarly: IncomingMessage | undefined;
  readonly waiting: Exchange[] = [];
  /**
   * How many requests Node holds behind the one in the works: those that wait, and those that
   * nobody will begin any more.
   */
  held = 0;
  /** What is said last, when all that waits is answered. */
  lastWord: (() => void) | undefined;
  /** Whether it is closed, or being closed, and counts no more. */
  isGone = false;
  /** Whether nothing more is taken. */
  isEnding = false;
  readonly openedAtMs = performance.now();
  private isIdle = false;
  /** What the request in the works holds of the budgets. */
  readonly holdings: Holding[] = [];

  constructor(
    private readonly accepted: Socket,
    readonly address: Address,
    private readonly others: Others,
  ) {
    this.socket = accepted;
  }

  markBusy(): void {
    if (!this.isIdle) return;
    this.isIdle = false;
    this.others.idle.delete(this);
    this.address.idle.delete(this);
  }

  /** From now on: it comes last of those that are idle. */
  markIdle(): void {
    this.markBusy();
    if (this.isGone) return;
    this.isIdle = true;
    this.others.idle.add(this);
    this.address.idle.add(this);
  }

  /** Whether a request that comes has to wait. */
  get isBusy(): boolean {
    return this.answer !== undefined || this.waiting.length > 0;
  }

  /** Whether so many are open that strangers should not keep theirs. */
  get isAmongMany(): boolean {
    return this.others.isCrowded;
  }

  /** Whether nothing was ever heard on it. */
  get isSilent(): boolean {
    return this.accepted.bytesRead === 0;
  }

  /** The request in the works is over. */
  release(): void {
    this.answer = undefined;
    if (this.holdings.length === 0) return;
    for (const holding of this.holdings) holding.giveBack();
    this.holdings.length = 0;
  }

  /**
   * The connection ends when the answer in the works is sent, and at once where there is none. What
   * waits is not begun.
   */
  endSoon(): void {
    this.isEnding = true;
    this.waiting.length = 0;
    if (this.answer === undefined) this.socket.destroySoon();
    else this.answer.shouldKeepAlive = false;
  }

  /** The connection ends at once, and what it holds is free. */
  destroy(): void {
    this.isEnding = true;
    this.waiting.length = 0;
    this.socket.destroy();
  }
}

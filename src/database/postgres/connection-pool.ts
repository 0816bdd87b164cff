import type pg from 'pg';

import { AwayError, isCrowded, isLost } from './driver-errors.js';
import { cut, type Connection } from './open-connection.js';

interface Waiting<C> {
  resolve: (connection: C) => void;
  reject: (error: unknown) => void;
}

/** For so long after the server had no more to give, it is not asked for more. */
const CROWDED_MS = 5000;

/** How long connections have to end in order. On a network that is cut they never do. */
const CLOSING_MS = 1000;

/**
 * Connections that are opened when they are wanted, at most so many, and used one after the other.
 * Who finds none waits for its turn. Where one cannot be opened, its turn is that of another; where
 * none can, all who wait are told: to try for each of them would take them that much longer to hear
 * the same.
 */
export class ConnectionPool<C extends Connection> {
  private readonly idle: C[] = [];
  private readonly waiting: Waiting<C>[] = [];
  private readonly opened = new Set<C>();
  /** Those among them that are not to be used again. */
  private readonly outdated = new WeakSet<C>();
  /** Those that are being opened, too. */
  private count = 0;
  /** How many there may be for a while; at least one. */
  private shortage = { size: 0, endsAt: 0 };
  private isClosed = false;

  constructor(
    private readonly size: number,
    /** `isFirst` says that there is no other now. */
    private readonly open: (isFirst: boolean) => Promise<C>,
    /** A connection was lost while it was used: the others may be, too. */
    private readonly onLost: (connection: C) => void,
  ) {}

  /** Throws what `run` throws, and `AwayError` where there is no connection. */
  async use<T>(run: (connection: C) => Promise<T>): Promise<T> {
    const connection = await this.acquire();
    try {
      const result = await run(connection);
      this.release(connection);
      return result;
    } catch (error) {
      if (isLost(error) || isLost((error as Error).cause)) {
        this.drop(connection);
        this.onLost(connection);
      } else {
        this.release(connection);
      }
      throw error;
    }
  }

  /** Has all be opened anew: those that are idle at once, those in use when they are given back. */
  renew(): void {
    for (const connection of this.opened) this.outdated.add(connection);
    for (const connection of [...this.idle]) this.drop(connection);
  }

  /** Ends one for another kind's sake, when it is given back; `false` where it is the last. */
  giveUpOne(): boolean {
    const kept = [...this.opened].filter((connection) => !this.outdated.has(connection));
    if (kept.length < 2) return false;
    this.limitTo(kept.length - 1);
    const [idle] = this.idle;
    if (idle === undefined) this.outdated.add(kept[0]!);
    else this.drop(idle);
    return true;
  }

  /** Nothing is asked for any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const { reject } of this.waiting.splice(0)) reject(closed());
    const ending = [...this.opened].map(({ client }) => client.end());
    const late = setTimeout(() => {
      for (const { client } of this.opened) cut(client);
    }, CLOSING_MS);
    await Promise.allSettled(ending);
    clearTimeout(late);
  }

  private async acquire(): Promise<C> {
    if (this.isClosed) throw closed();
    const connection = this.idle.pop();
    if (connection !== undefined) return connection;
    return this.count < this.room ? this.add() : this.wait();
  }

  private get room(): number {
    const { size, endsAt } = this.shortage;
    return performance.now() < endsAt ? size : this.size;
  }

  private limitTo(size: number): void {
    this.shortage = { size, endsAt: performance.now() + CROWDED_MS };
  }

  private wait(): Promise<C> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  private async add(): Promise<C> {
    this.count += 1;
    try {
      const connection = await this.open(this.opened.size === 0);
      this.opened.add(connection);
      // Nobody else would end it.
      if (this.isClosed) this.drop(connection);
      connection.client.once('end', () => {
        this.forget(connection);
      });
      return connection;
    } catch (cause) {
      this.count -= 1;
      if (isCrowded(cause) && this.opened.size > 0) this.limitTo(this.opened.size);
      if (this.count > 0 && !this.isClosed) return this.idle.pop() ?? this.wait();
      const error = new AwayError(cause);
      for (const { reject } of this.waiting.splice(0)) reject(error);
      throw error;
    }
  }

  private release(connection: C): void {
    // A transaction that was left open is nobody else's.
    if (this.isClosed || this.outdated.has(connection) || !isAtRest(connection.client)) {
      this.drop(connection);
      return;
    }
    if (!this.opened.has(connection)) return;
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(connection);
    else next.resolve(connection);
  }

  private drop(connection: C): void {
    this.forget(connection);
    cut(connection.client);
  }

  private forget(connection: C): void {
    if (!this.opened.delete(connection)) return;
    this.count -= 1;
    const place = this.idle.indexOf(connection);
    if (place !== -1) this.idle.splice(place, 1);
    const isWanted = !this.isClosed && this.count < this.room;
    const next = isWanted ? this.waiting.shift() : undefined;
    if (next !== undefined) this.add().then(next.resolve, next.reject);
  }
}

function isAtRest(client: pg.Client): boolean {
  return client.getTransactionStatus() === 'I';
}

function closed(): Error {
  return new AwayError(new Error('the service is about to stop'));
}

import { setTimeout } from 'node:timers/promises';

import type pg from 'pg';

import type { PostgresServer, PostgresSettings } from '../../config/postgres-url.js';
import { takeBucket } from './advisory-locks.js';
import { ConnectionPool } from './connection-pool.js';
import { isCrowded } from './driver-errors.js';
import { cut, openClient, type Connection, type Patience } from './open-connection.js';
import { toReaderCounts, type ReaderCounts } from './reader-counts.js';
import { checkPrimary, checkServer } from './server-checks.js';
import { isSameServer, ServerChoice, type FoundServer } from './server-choice.js';

interface Writer extends Connection {
  bucket: number;
}

/** Groups of writes follow each other on so many connections; more would only cut them smaller. */
export const WRITERS = 2;

/** Rows by key: what is asked for meanwhile shares the next statement. */
export const LOOKUPS = 2;

/** For whether the database is there, which must not wait for anything. */
const PROBES = 1;

/**
 * For statements that name rows by their keys. Their plan is made once, without the keys, and has
 * to walk along the index though the table may be small then: it is kept when it has grown.
 */
const BY_KEY =
  '-c plan_cache_mode=force_generic_plan ' +
  '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';

const WRITE: Patience = { statementMs: 4000, options: BY_KEY };
const LOOKUP: Patience = { statementMs: 2000, options: BY_KEY };
const PROBE: Patience = { statementMs: 500 };

/**
 * For what is known to be a walk along an index: it is planned as one, whatever the statistics say,
 * or there are none. What counts is how many rows are looked at.
 */
export const WALKS =
  '-c enable_sort=off -c enable_seqscan=off -c enable_bitmapscan=off ' +
  '-c seq_page_cost=0 -c random_page_cost=0';

/** For what may look at every row: one caller has one of the server's processors at a time. */
const ALONE = '-c max_parallel_workers_per_gather=0';

/** For so long after a connection could not be opened, no other is tried. */
const PAUSE_MS = 100;

/** How long the server mostly takes to have room for another where one has ended. */
const ENDING_MS = 50;

export interface ConnectionLimits {
  /** Of all kinds together. */
  size: number;
  /** The longest that a query of a list may take. */
  queryMs: number;
}

/**
 * The connections to PostgreSQL. They throw the driver's errors as they are, and `AwayError` where
 * no connection was to be had. One that was lost takes those that are idle with it, and the next to
 * ask looks for the server anew.
 */
export class Connections {
  private readonly choice: ServerChoice;
  /** What connections are opened to. */
  private server: FoundServer | undefined;
  private failure: { error: unknown; isRecentUntil: number } = {
    error: undefined,
    isRecentUntil: 0,
  };
  private readonly writers: ConnectionPool<Writer>;
  private readonly lookups: ConnectionPool<Connection>;
  readonly readerCounts: ReaderCounts;
  private readonly readers: ConnectionPool<Connection>;
  private readonly quickReaders: ConnectionPool<Connection>;
  private readonly probes: ConnectionPool<Connection>;
  private readonly watch: NodeJS.Timeout;

  constructor(
    private readonly settings: PostgresSettings,
    { size, queryMs }: ConnectionLimits,
  ) {
    this.choice = new ServerChoice(settings);
    const onLost = ({ server }: Connection): void => {
      this.leave(server);
    };
    const pool = (count: number, patience: Patience): ConnectionPool<Connection> =>
      new ConnectionPool(count, (isFirst) => this.open(patience, requirePrimary, isFirst), onLost);
    this.writers = new ConnectionPool(WRITERS, (isFirst) => this.openWriter(isFirst), onLost);
    this.lookups = pool(LOOKUPS, LOOKUP);
    this.readerCounts = toReaderCounts(size - WRITERS - LOOKUPS - PROBES);
    this.readers = pool(this.readerCounts.heavy, { statementMs: queryMs, options: ALONE });
    this.quickReaders = pool(this.readerCounts.quick, { statementMs: queryMs, options: WALKS });
    this.probes = pool(PROBES, PROBE);
    this.watch = this.choice.watch((server) => {
      this.leave(server);
    });
  }

  /** `bucket` is the connection's own number for the counts. */
  onWriter<T>(use: (client: pg.ClientBase, bucket: number) => Promise<T>): Promise<T> {
    return this.writers.use(({ client, bucket }) => use(client, bucket));
  }

  /** For rows by key and numbers of collections, never held for long. */
  onLookup<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.lookups.use(({ client }) => use(client));
  }

  /** For lists. */
  onReader<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.readers.use(({ client }) => use(client));
  }

  /** For lists that are walks along an index. */
  onQuickReader<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.quickReaders.use(({ client }) => use(client));
  }

  /** For whether the database is there. */
  onProbe<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    return this.probes.use(({ client }) => use(client));
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    await Promise.all(this.pools.map((pool) => pool.close()));
  }

  private get pools(): readonly Pick<
    ConnectionPool<Connection>,
    'close' | 'renew' | 'giveUpOne'
  >[] {
    return [this.readers, this.quickReaders, this.lookups, this.writers, this.probes];
  }

  private async openWriter(isFirst: boolean): Promise<Writer> {
    const prepare = async (client: pg.Client): Promise<Pick<Writer, 'bucket'>> => {
      await checkServer(client);
      return { bucket: await takeBucket(client) };
    };
    return this.open(WRITE, prepare, isFirst);
  }

  /**
   * Where one could not be opened, the others that are asked for just then are not tried. The first
   * of a kind has another kind give one up where the server has no more: all of them are needed.
   */
  private async open<T extends object>(
    patience: Patience,
    prepare: (client: pg.Client) => Promise<T>,
    isFirst: boolean,
  ): Promise<Connection & T> {
    const isNeeded = (error: unknown): boolean => isFirst && isCrowded(error);
    const { error: last, isRecentUntil } = this.failure;
    if (performance.now() < isRecentUntil && !isNeeded(last)) throw last;
    try {
      return await this.openOnPrimary(patience, prepare).catch(async (error: unknown) => {
        if (!isNeeded(error) || !this.pools.some((pool) => pool.giveUpOne())) throw error;
        await setTimeout(ENDING_MS);
        return this.openOnPrimary(patience, prepare);
      });
    } catch (error) {
      this.failure = { error, isRecentUntil: performance.now() + PAUSE_MS };
      throw error;
    }
  }

  private async openOnPrimary<T extends object>(
    patience: Patience,
    prepare: (client: pg.Client) => Promise<T>,
  ): Promise<Connection & T> {
    const server = await this.choice.find();
    this.moveTo(server);
    let client: pg.Client | undefined;
    try {
      client = await openClient(this.settings, server, patience);
      const prepared = await prepare(client);
      if (!isSameServer(server, this.server!)) throw new Error('another has taken its place');
      return { client, server, ...prepared };
    } catch (error) {
      if (client !== undefined) cut(client);
      if (!isCrowded(error)) this.choice.leave(server);
      throw error;
    }
  }

  /** What is open to another server is given up: that may answer still. */
  private moveTo(server: FoundServer): void {
    const left = this.server;
    this.server = server;
    if (left !== undefined && !isSameServer(left, server)) this.renew();
  }

  private leave(server: PostgresServer): void {
    if (this.choice.leave(server)) this.renew();
  }

  private renew(): void {
    for (const pool of this.pools) pool.renew();
  }
}

/** What a standby has is not all that was acknowledged. */
async function requirePrimary(client: pg.ClientBase): Promise<object> {
  await checkPrimary(client);
  return {};
}

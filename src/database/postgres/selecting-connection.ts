import type pg from 'pg';

import type { PostgresServer, PostgresSettings } from '../../config/postgres-url.js';
import type { Statement } from '../query.js';
import type { Deadline } from '../threads/deadline.js';
import { cancelBackend } from './cancel-backend.js';
import { AwayError, isCancelled, isLost } from './driver-errors.js';
import { cut, openClient, toLockTimeout } from './open-connection.js';
import { checkPrimary } from './server-checks.js';
import { ServerChoice } from './server-choice.js';

/** The first rows come soon, and not many of them are read in vain; then ever more at once. */
const FIRST_ROWS = 128;
const MAX_ROWS = 1024;

/** How often it is looked whether anybody still waits. */
const WATCH_MS = 50;

/** The longest that a statement may take, whatever it is told. */
const MAX_STATEMENT_MS = 60_000;

/** What is decided on a part may take as long: the server hears nothing meanwhile. */
const BEGIN =
  'BEGIN READ ONLY; ' +
  `SET LOCAL idle_in_transaction_session_timeout = ${String(MAX_STATEMENT_MS)}`;

const CANCEL_MS = 1000;

export interface SelectedRows {
  fields: readonly Pick<pg.FieldDef, 'name' | 'dataTypeID'>[];
  rows: readonly (readonly unknown[])[];
}

/** A connection of a thread, which selects rows and gives them part by part. */
export class SelectingConnection {
  private readonly choice: ServerChoice;
  private readonly serverWatch: NodeJS.Timeout;
  private server: PostgresServer | undefined;
  private client: pg.Client | undefined;

  constructor(
    private readonly settings: PostgresSettings,
    private readonly deadline: Deadline,
  ) {
    this.choice = new ServerChoice(settings);
    this.serverWatch = this.choice.watch((server) => this.choice.leave(server));
  }

  /**
   * Reads in one transaction. Throws `Ended` where its time is over, `AwayError` where there is no
   * connection any more, and the driver's errors.
   */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    const client = await this.connect();
    const watch = this.watch(client);
    try {
      const lockMs = toLockTimeout(this.deadline.remainingMs);
      await client.query(`${BEGIN}; SET LOCAL lock_timeout = ${String(lockMs)}`);
      const result = await read();
      await client.query('COMMIT');
      // It may be told to stop after the fact, and would stop what is asked next.
      if (this.deadline.isStopped) this.drop();
      return result;
    } catch (error) {
      // With the transaction, whatever became of it.
      this.drop();
      // Whoever runs the server may have ended it, too.
      if (isCancelled(error)) this.deadline.check();
      if (!isLost(error)) throw error;
      this.choice.leave(this.server!);
      throw new AwayError(error);
    } finally {
      clearInterval(watch);
    }
  }

  /** At least one part, which has no rows where nothing is selected. */
  async *select({ text, parameters }: Statement): AsyncGenerator<SelectedRows> {
    const client = this.client!;
    await client.query({
      text: `DECLARE selected NO SCROLL CURSOR FOR ${text}`,
      values: [...parameters],
    });
    for (let count = FIRST_ROWS; ; count = Math.min(count * 2, MAX_ROWS)) {
      this.deadline.check();
      const part = await this.fetch(client, count);
      yield part;
      if (part.rows.length < count) break;
    }
    await client.query('CLOSE selected');
  }

  /** Nothing is selected any more. */
  close(): void {
    clearInterval(this.serverWatch);
    this.drop();
  }

  private drop(): void {
    if (this.client !== undefined) cut(this.client);
    this.client = undefined;
  }

  private async fetch(client: pg.Client, count: number): Promise<SelectedRows> {
    const limitMs = Math.max(1, Math.ceil(this.deadline.remainingMs));
    const results: unknown = await client.query({
      text:
        `SET LOCAL statement_timeout = ${String(limitMs)}; ` +
        `FETCH ${String(count)} FROM selected`,
      rowMode: 'array',
    });
    return (results as SelectedRows[])[1]!;
  }

  private async connect(): Promise<pg.Client> {
    if (this.server !== undefined && !this.choice.isFound(this.server)) this.drop();
    if (this.client !== undefined) return this.client;
    const leftMs = this.deadline.remainingMs;
    try {
      this.client = await this.open();
    } catch (cause) {
      throw new AwayError(cause);
    }
    // Whoever asks first has as much time as who asks next.
    this.deadline.begin(leftMs);
    const { client } = this;
    client.once('end', () => {
      if (this.client === client) this.client = undefined;
    });
    return client;
  }

  private async open(): Promise<pg.Client> {
    const server = await this.choice.find();
    let client: pg.Client | undefined;
    try {
      client = await openClient(this.settings, server, { statementMs: MAX_STATEMENT_MS });
      await checkPrimary(client);
      this.server = server;
      return client;
    } catch (error) {
      if (client !== undefined) cut(client);
      this.choice.leave(server);
      throw error;
    }
  }

  /** PostgreSQL is told when nobody waits any more: within a statement it asks nobody. */
  private watch(client: pg.Client): NodeJS.Timeout {
    const watch = setInterval(() => {
      if (!this.deadline.isStopped) return;
      clearInterval(watch);
      this.cancel(client).catch(() => {
        // Its own limit of time ends it.
        cut(client);
      });
    }, WATCH_MS);
    return watch;
  }

  private async cancel(client: pg.Client): Promise<void> {
    const other = await openClient(this.settings, this.server!, { statementMs: CANCEL_MS });
    try {
      await cancelBackend(other, client);
    } finally {
      cut(other);
    }
  }
}

import type pg from 'pg';

import type { PostgresServer, PostgresSettings } from '../../config/postgres-url.js';
import type { Statement } from '../query.js';
import type { Deadline } from '../threads/deadline.js';
import { cancelBackend } from './cancel-backend.js';
import { AwayError, isCancelled, isLost } from './driver-errors.js';
import { cut, openClient } from './open-connection.js';
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
  private server: PostgresServer | undefined;
  private client: pg.Client | undefined;

  constructor(
    private readonly settings: PostgresSettings,
    private readonly deadline: Deadline,
  ) {
    this.choice = new ServerChoice(settings);
  }

  /**
   * Reads in one transaction. Throws `Ended` where its time is over, `AwayError` where there is no
   * connection any more, and the driver's errors.
   */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    const client = await this.connect();
    const watch = this.watch(client);
    try {
      await client.query(BEGIN);
      const result = await read();
      await client.query('COMMIT');
      // It may be told to stop after the fact, and would stop what is asked next.
      if (this.deadline.isStopped) this.close();
      return result;
    } catch (error) {
      // With the transaction, whatever became of it.
      this.close();
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

  close(): void {
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
    if (this.client !== undefined) return this.client;
    const leftMs = this.deadline.remainingMs;
    try {
      this.server = await this.choice.find();
      this.client = await openClient(this.settings, this.server, { statementMs: MAX_STATEMENT_MS });
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

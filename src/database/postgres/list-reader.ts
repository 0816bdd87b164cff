import type pg from 'pg';

import type { PostgresSettings } from '../../config/postgres-url.js';
import { NotExpressible } from '../../odata/sql/sql-dialect.js';
import type { CallContext } from '../../scheduling/call-context.js';
import { FairQueue } from '../../scheduling/fair-queue.js';
import { serviceBusy } from '../../scheduling/overload.js';
import { isUndisturbed } from '../../scheduling/turns.js';
import { LimitedRows } from '../limited-rows.js';
import type { Found, Query, Statement } from '../query.js';
import { sqliteDialect } from '../sqlite/sqlite-dialect.js';
import { ReaderPool } from '../threads/reader-pool.js';
import { cancelBackend } from './cancel-backend.js';
import type { Connections } from './connections.js';
import { isCancelled } from './driver-errors.js';
import type { JudgeData, JudgeTask } from './judge-messages.js';
import { TYPES } from './named-statement.js';
import { postgresDialect } from './postgres-dialect.js';
import { StatementNames } from './statement-names.js';
import { within } from './within.js';

/** How long the server may take to say that a query has taken too long. */
const ANSWER_MARGIN_MS = 1000;

/**
 * The server cannot be told that a list may wait for a change. So while changes are made, what is
 * heavy runs for a part of the time only: so many times as long as it took, nothing follows it.
 */
const REST = 3;

type Rows = Found<readonly unknown[]>;

/** What waits for a connection, in all and of one caller; of quick queries more, as they are. */
const MAX_WAITING = 512;
const MAX_WAITING_PER_CALLER = 64;
const MAX_QUICK_WAITING = 4096;
const MAX_QUICK_WAITING_PER_CALLER = 1024;

/**
 * Reads rows: PostgreSQL tells what it can say exactly, quick queries on connections of their own;
 * of all else it selects what may be meant, and a thread decides.
 */
export class ListReader {
  private readonly quick: FairQueue;
  private readonly heavy: FairQueue;
  private readonly judges: ReaderPool<JudgeTask>;
  private readonly names = new StatementNames();

  constructor(
    private readonly connections: Connections,
    settings: PostgresSettings,
  ) {
    const { quick, heavy, judges } = connections.readerCounts;
    this.quick = new FairQueue({
      running: quick,
      // A walk can be long, too, where many entities have the same name.
      runningPerCaller: Math.max(1, quick - 1),
      waiting: MAX_QUICK_WAITING,
      waitingPerCaller: MAX_QUICK_WAITING_PER_CALLER,
    });
    this.heavy = new FairQueue({
      toRestMs: (tookMs) => (isUndisturbed() ? 0 : REST * tookMs),
      running: heavy,
      runningPerCaller: Math.ceil(heavy / 2),
      waiting: MAX_WAITING,
      waitingPerCaller: MAX_WAITING_PER_CALLER,
    });
    const data: JudgeData = { settings };
    this.judges = new ReaderPool({ module: 'postgres/judge-thread', data, count: judges });
  }

  async read<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>> {
    const limitMs = context.remainingMs + ANSWER_MARGIN_MS;
    const { rows, hasMore } = await within(limitMs, this.run(query, context));
    return { rows: rows.splice(0).map(query.toRow), hasMore };
  }

  /** Opens what quick queries run on, so that the first of them are as quick. */
  async open(): Promise<void> {
    const { quick } = this.connections.readerCounts;
    // Where it fails, the first that is asked will say so.
    await Promise.allSettled(
      Array.from({ length: quick }, () =>
        this.connections.onQuickReader((client) => client.query('SELECT 1')),
      ),
    );
  }

  /** Whether queries that are judged are refused, because the last thread for them has failed. */
  get hasFailed(): boolean {
    return this.judges.hasFailed;
  }

  close(): Promise<void> {
    return this.judges.close();
  }

  private run(query: Query<unknown>, context: CallContext): Promise<Rows> {
    const statements = toStatements(query);
    if (statements === undefined) return this.judge(query, context);
    const found = new LimitedRows(query.limit);
    if (query.isQuick) {
      return this.quick.run(context, () =>
        this.connections.onQuickReader((client) =>
          this.runAll(client, statements, found, context, true),
        ),
      );
    }
    return this.heavy.run(context, () =>
      this.connections.onReader((client) => this.runAll(client, statements, found, context, false)),
    );
  }

  private async runAll(
    client: pg.ClientBase,
    statements: readonly Statement[],
    found: LimitedRows,
    context: CallContext,
    isNamed: boolean,
  ): Promise<Rows> {
    for (const { text, parameters } of statements) {
      const name = isNamed ? await this.names.nameOf(client, text) : undefined;
      const { rows } = await this.withinTime(client, context, () =>
        client.query<unknown[]>({
          ...(name !== undefined && { name }),
          text,
          values: [...parameters],
          rowMode: 'array',
          // As on SQLite: texts are what a page becomes too long by.
          types: TYPES,
        }),
      );
      if (!rows.splice(0).every((values) => found.add(values))) break;
    }
    return found;
  }

  /** Ends what runs when its time is over, or nobody waits for it any more. */
  private async withinTime<T>(
    client: pg.ClientBase,
    context: CallContext,
    run: () => Promise<T>,
  ): Promise<T> {
    context.check();
    let cancelling: Promise<void> | undefined;
    const cancel = (): void => {
      cancelling ??= this.connections.onLookup((own) => cancelBackend(own, client));
      cancelling.catch(() => undefined);
    };
    const timer = setTimeout(cancel, context.remainingMs);
    const stay = context.onGone(cancel);
    try {
      return await run();
    } catch (error) {
      if (!isCancelled(error)) throw error;
      if (context.isGone) throw serviceBusy();
      // Whoever runs the server may have ended it, too.
      const isLate = cancelling !== undefined || context.remainingMs <= 0;
      throw isLate ? context.toTimeout() : error;
    } finally {
      clearTimeout(timer);
      stay();
      // Or it would end what the connection is asked next.
      await cancelling?.catch(() => undefined);
    }
  }

  private judge(
    { toJudging, limit, patterns }: Query<unknown>,
    context: CallContext,
  ): Promise<Rows> {
    const { table, toSources, toStatements: toWords, parts, skip } = toJudging!();
    const { statements: sources, isOrdered } = toSources(postgresDialect);
    const task: JudgeTask = {
      table,
      sources,
      statements: toWords(sqliteDialect),
      limit,
      parts: parts === 'rows' && !isOrdered ? 'none' : parts,
      skip,
    };
    return this.judges.run(task, patterns, context);
  }
}

/** `undefined` where PostgreSQL cannot say it exactly. Its patterns are others than ours. */
function toStatements(query: Query<unknown>): readonly Statement[] | undefined {
  if (query.patterns.length > 0) return undefined;
  try {
    return query.toStatements(postgresDialect);
  } catch (error) {
    if (error instanceof NotExpressible) return undefined;
    throw error;
  }
}

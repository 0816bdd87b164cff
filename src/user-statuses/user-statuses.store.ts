import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';

import { changeSetUndone, commitWrite } from '../database/change-set.js';
import { readPageTokenKey, sqlDialect } from '../database/data-source.js';
import { toDatabaseError } from '../database/sqlite/driver-errors.js';
import { GroupCommit } from '../database/group-commit.js';
import type { Found, Query } from '../database/query.js';
import { ReadGate } from '../database/sqlite/read-gate.js';
import { RowReader } from '../database/sqlite/row-reader.js';
import { RowWriter, type WriteOutcome, type WriteUnit } from '../database/sqlite/row-writer.js';
import { GraphError } from '../errors/graph-error.js';
import type { Scalar } from '../odata/expression.js';
import type { CallContext } from '../scheduling/call-context.js';
import { CollectionKeys, NO_KEY, REGISTER, toParameters } from './collection-keys.js';
import { creates, toKeyedWrite, type CollectionWrite } from './collection-write.js';
import type { Collection } from './navigations.js';
import { UserStatus } from './user-status.entity.js';
import {
  UserStatusQueries,
  type Criteria,
  type ListedRow,
  type PageQuery,
  placeOf,
  type PlacedRow,
  type StatusCount,
  toListedRow,
} from './user-statuses.query.js';

/** How often a write is decided anew, because another process changed its row meanwhile. */
const MAX_ATTEMPTS = 20;

/** The table: rows in, committed and synced; rows out. */
@Injectable()
export class UserStatusesStore implements OnModuleInit, OnApplicationShutdown {
  /** Seals page tokens. */
  pageTokenKey: Buffer = Buffer.alloc(0);
  private readonly writer: RowWriter<UserStatus>;
  private readonly writes: GroupCommit<WriteUnit<UserStatus>, WriteOutcome[]>;
  private readonly reader: RowReader;
  private readonly keys: CollectionKeys;
  private readonly queries: UserStatusQueries;

  constructor(@InjectRepository(UserStatus) private readonly rows: Repository<UserStatus>) {
    const { dataSource } = rows.manager;
    const { columns, tablePath } = rows.metadata;
    const quote = (name: string): string => dataSource.driver.escape(name);
    const gate = new ReadGate();
    this.writer = new RowWriter(dataSource, UserStatus, 'revision', REGISTER, gate);
    this.writes = new GroupCommit({
      commit: (group) => this.writer.writeAll(group),
      canFollow: (unit) => this.writer.canFollow(unit),
    });
    this.reader = new RowReader(dataSource, gate);
    this.keys = new CollectionKeys(this.reader);
    this.queries = new UserStatusQueries(
      {
        name: quote(tablePath),
        columns: new Map(
          columns.map(({ propertyName, databaseName }) => [
            propertyName as keyof UserStatus,
            quote(databaseName),
          ]),
        ),
      },
      sqlDialect,
    );
  }

  async onModuleInit(): Promise<void> {
    this.writer.open();
    this.pageTokenKey = await readPageTokenKey(this.rows.manager.dataSource);
  }

  /** Nothing is asked for any more: the server has closed. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.writer.close(), this.reader.close()]);
  }

  /** Resolves when the write is on the disk, or was found to be refused. Throws what refused it. */
  write(write: CollectionWrite): Promise<'written' | 'duplicate'> {
    return commitWrite(write, this.submit).then(toResult, (error: unknown) => {
      throw toDatabaseError(error);
    });
  }

  /** Gives collections their keys before the first of their rows is written: once for ever, and in a commit of its own. */
  private readonly submit = (writes: readonly CollectionWrite[]): Promise<WriteOutcome[]> => {
    const keys = writes.map(({ collection }) => this.keyOf(collection));
    const first = writes.filter((write, i) => keys[i] === NO_KEY && creates(write));
    if (first.length > 0) {
      const registrations = first.map(({ collection }) =>
        this.writes.submit([{ kind: 'register', parameters: toParameters(collection) }]),
      );
      return Promise.all(registrations).then(() => this.submit(writes));
    }
    return this.submitUnit(writes.map((write, i) => toKeyedWrite(write, keys[i]!)));
  };

  /** Decides and writes anew where another process was faster. */
  private submitUnit(unit: WriteUnit<UserStatus>, attempt = 1): Promise<WriteOutcome[]> {
    return this.writes.submit(unit).then((outcomes) => {
      const isStale = outcomes.some(({ kind }) => kind === 'stale');
      return isStale && attempt < MAX_ATTEMPTS ? this.submitUnit(unit, attempt + 1) : outcomes;
    });
  }

  find(collection: Collection, id: string): Promise<ListedRow | undefined> {
    return guard(() =>
      this.reader.first(this.queries.find, [this.keys.find(collection), id], toListedRow),
    );
  }

  async count(collection: Collection, criteria: Criteria, context: CallContext): Promise<number> {
    const query = this.queries.count(this.keyOf(collection), criteria);
    const { rows } = await this.read(query, context);
    return rows[0]!.count;
  }

  async countByStatus(collection: Collection, context: CallContext): Promise<StatusCount[]> {
    const { rows } = await this.read(this.queries.overview(this.keyOf(collection)), context);
    return rows;
  }

  /** The rows of one page, in its order. */
  async page(
    collection: Collection,
    query: PageQuery,
    context: CallContext,
  ): Promise<Found<PlacedRow>> {
    const key = this.keyOf(collection);
    const after = query.skip === 0 ? query.after : await this.findPosition(key, query, context);
    if (query.skip > 0 && after === undefined) return { rows: [], hasMore: false };
    return this.read(this.queries.page(key, { ...query, skip: 0, after }), context);
  }

  /** Where the entities that are skipped end; `undefined` where there are no more than those. */
  private async findPosition(
    collectionId: number,
    query: PageQuery,
    context: CallContext,
  ): Promise<readonly Scalar[] | undefined> {
    const { rows } = await this.read(this.queries.position(collectionId, query), context);
    return rows[0] && placeOf(rows[0], query.orderBy);
  }

  private keyOf(collection: Collection): number {
    try {
      return this.keys.find(collection);
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  private read<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>> {
    return guard(() => this.reader.read(query, context));
  }
}

function toResult(outcome: WriteOutcome): 'written' | 'duplicate' {
  switch (outcome.kind) {
    case 'refused':
      throw outcome.reason;
    case 'undone':
      throw changeSetUndone();
    case 'stale':
      throw changedByOthers();
    default:
      return outcome.kind;
  }
}

async function guard<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

function changedByOthers(): GraphError {
  return new GraphError(
    'ServiceUnavailable',
    'The entity is changed by others all the time. Nothing was stored; try again shortly.',
    { headers: { 'Retry-After': '1' } },
  );
}

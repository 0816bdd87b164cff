import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';

import { changeSetUndone, commitWrite } from '../database/change-set.js';
import { readPageTokenKey, sqlDialect } from '../database/data-source.js';
import { isBusy, toDatabaseError } from '../database/driver-errors.js';
import { GroupCommit } from '../database/group-commit.js';
import { RowReader } from '../database/row-reader.js';
import { RowWriter, type WriteOutcome, type WriteUnit } from '../database/row-writer.js';
import { GraphError } from '../errors/graph-error.js';
import type { Scalar } from '../odata/expression.js';
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
  type Sql,
  toListedRow,
} from './user-statuses.query.js';

/** How many user statuses of a collection have one status, and when the last of them all, whatever their status, was reported. */
export interface StatusCount {
  status: number;
  count: number;
  latest: string;
}

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
    this.writer = new RowWriter(dataSource, UserStatus, 'revision', REGISTER);
    this.writes = new GroupCommit({
      commit: (group) => this.writer.writeAll(group),
      isBusy,
      canFollow: (unit) => this.writer.canFollow(unit),
    });
    this.reader = new RowReader(dataSource);
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
    this.pageTokenKey = await readPageTokenKey(this.rows.manager.dataSource);
  }

  /** Nothing writes any more: the server has closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
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

  async count(collection: Collection, criteria: Criteria): Promise<number> {
    const key = this.keyOf(collection);
    const [row] = await this.all<{ count: number }>(this.queries.count(key, criteria));
    return row!.count;
  }

  async countByStatus(collection: Collection): Promise<StatusCount[]> {
    return this.all(this.queries.overview(this.keyOf(collection)));
  }

  /** The rows of one page, in its order. */
  async page(collection: Collection, query: PageQuery): Promise<PlacedRow[]> {
    const key = this.keyOf(collection);
    const after = query.skip === 0 ? query.after : await this.findPosition(key, query);
    if (query.skip > 0 && after === undefined) return [];
    const found: PlacedRow[] = [];
    for (const toSql of this.queries.pages(key, { ...query, after })) {
      found.push(...(await this.all<PlacedRow>(toSql(query.limit - found.length))));
      if (found.length === query.limit) break;
    }
    return found;
  }

  /** Where the entities that are skipped end; `undefined` where there are no more than those. */
  private async findPosition(
    collectionId: number,
    query: PageQuery,
  ): Promise<readonly Scalar[] | undefined> {
    const [last] = await this.all<PlacedRow>(this.queries.position(collectionId, query));
    return last === undefined ? undefined : placeOf(last, query.orderBy);
  }

  private keyOf(collection: Collection): number {
    try {
      return this.keys.find(collection);
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  private all<Row>({ text, parameters, toRow }: Sql): Promise<Row[]> {
    return guard(() => this.reader.all(text, parameters, toRow) as Row[]);
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

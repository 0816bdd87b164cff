import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';

import { changeSetUndone, commitWrite } from '../database/change-set.js';
import { readPageTokenKey, sqlDialect } from '../database/data-source.js';
import { isBusy, toDatabaseError } from '../database/driver-errors.js';
import { GroupCommit } from '../database/group-commit.js';
import { RowReader } from '../database/row-reader.js';
import {
  RowWriter,
  type Write,
  type WriteOutcome,
  type WriteUnit,
} from '../database/row-writer.js';
import { GraphError } from '../errors/graph-error.js';
import type { Scalar } from '../odata/expression.js';
import type { Collection } from './navigations.js';
import { UserStatus } from './user-status.entity.js';
import {
  UserStatusQueries,
  type Criteria,
  type PageQuery,
  placeOf,
  type PlacedRow,
  type Sql,
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
  private readonly queries: UserStatusQueries;

  constructor(@InjectRepository(UserStatus) private readonly rows: Repository<UserStatus>) {
    const { dataSource } = rows.manager;
    const { columns, tablePath } = rows.metadata;
    const quote = (name: string): string => dataSource.driver.escape(name);
    this.writer = new RowWriter(dataSource, UserStatus, 'revision');
    this.writes = new GroupCommit({
      commit: (group) => this.writer.writeAll(group),
      isBusy,
      canFollow: (unit) => this.writer.canFollow(unit),
    });
    this.reader = new RowReader(dataSource);
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
  async write(write: Write<UserStatus>): Promise<'written' | 'duplicate'> {
    const outcome = await guard(commitWrite(write, this.submit));
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

  /** Decides and writes anew where another process was faster. */
  private readonly submit = (unit: WriteUnit<UserStatus>, attempt = 1): Promise<WriteOutcome[]> =>
    this.writes.submit(unit).then((outcomes) => {
      const isStale = outcomes.some(({ kind }) => kind === 'stale');
      return isStale && attempt < MAX_ATTEMPTS ? this.submit(unit, attempt + 1) : outcomes;
    });

  async find(collection: Collection, id: string): Promise<UserStatus | undefined> {
    return guard(this.writer.find(toKey(collection, id)));
  }

  async count(collection: Collection, criteria: Criteria): Promise<number> {
    const [row] = await this.all<{ count: number }>(this.queries.count(collection, criteria));
    return row!.count;
  }

  async countByStatus(collection: Collection): Promise<StatusCount[]> {
    return this.all(this.queries.overview(collection));
  }

  /** The rows of one page, in its order. */
  async page(collection: Collection, query: PageQuery): Promise<PlacedRow[]> {
    const after = query.skip === 0 ? query.after : await this.findPosition(collection, query);
    if (query.skip > 0 && after === undefined) return [];
    const found: PlacedRow[] = [];
    for (const toSql of this.queries.pages(collection, { ...query, after })) {
      found.push(...(await this.all<PlacedRow>(toSql(query.limit - found.length))));
      if (found.length === query.limit) break;
    }
    return found;
  }

  /** Where the entities that are skipped end; `undefined` where there are no more than those. */
  private async findPosition(
    collection: Collection,
    query: PageQuery,
  ): Promise<readonly Scalar[] | undefined> {
    const [last] = await this.all<PlacedRow>(this.queries.position(collection, query));
    return last === undefined ? undefined : placeOf(last, query.orderBy);
  }

  private all<Row>({ text, parameters }: Sql): Promise<Row[]> {
    return guard(this.reader.all<Row>(text, parameters));
  }
}

function guard<T>(running: Promise<T>): Promise<T> {
  return running.catch((error: unknown) => {
    throw toDatabaseError(error);
  });
}

function changedByOthers(): GraphError {
  return new GraphError(
    'ServiceUnavailable',
    'The entity is changed by others all the time. Nothing was stored; try again shortly.',
    { headers: { 'Retry-After': '1' } },
  );
}

export function toKey({ deviceConfigurationId, navigation }: Collection, id: string) {
  return { deviceConfigurationId, navigation: navigation.code, id };
}

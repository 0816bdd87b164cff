import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Database } from '../database/database.js';
import type { Found } from '../database/query.js';
import type { Decide, Outcome } from '../database/write.js';
import type { Scalar } from '../odata/expression.js';
import type { CallContext } from '../scheduling/call-context.js';
import type { Collection } from './navigations.js';
import { UserStatusCollection } from './user-status-collection.entity.js';
import { UserStatus, type MemberRow } from './user-status.entity.js';
import {
  UserStatusQueries,
  type Criteria,
  type ListedRow,
  type PageQuery,
  type PlacedRow,
  type StatusCount,
  toListedRow,
} from './user-statuses.query.js';

/** The table: rows in, committed and synced; rows out. */
@Injectable()
export class UserStatusesStore implements OnModuleInit {
  /** Seals page tokens. */
  pageTokenKey: Buffer = Buffer.alloc(0);
  private readonly table;
  private readonly queries: UserStatusQueries;

  constructor(private readonly database: Database) {
    this.table = database.table({ entity: UserStatus, collections: UserStatusCollection });
    this.queries = new UserStatusQueries(this.table, database.dialect);
  }

  async onModuleInit(): Promise<void> {
    this.pageTokenKey = await this.database.secret('page_token_key');
  }

  insert(collection: Collection, row: MemberRow): Promise<Outcome<UserStatus>> {
    const { table } = this;
    return this.database.write({ kind: 'insert', table, collection: nameOf(collection), row });
  }

  change(
    collection: Collection,
    id: string,
    decide: Decide<UserStatus>,
  ): Promise<Outcome<UserStatus>> {
    const { table } = this;
    return this.database.write({
      kind: 'change',
      table,
      collection: nameOf(collection),
      id,
      decide,
    });
  }

  async find(collection: Collection, id: string): Promise<ListedRow | undefined> {
    const statement = this.queries.find(await this.idOf(collection), id);
    return this.database.row(statement, toListedRow);
  }

  async count(collection: Collection, criteria: Criteria, context: CallContext): Promise<number> {
    const query = this.queries.count(await this.idOf(collection), criteria);
    const { rows } = await this.database.rows(query, context);
    return rows[0]!;
  }

  async countByStatus(collection: Collection, context: CallContext): Promise<StatusCount[]> {
    const query = this.queries.overview(await this.idOf(collection));
    const { rows } = await this.database.rows(query, context);
    return rows;
  }

  /** The rows of one page, in its order. */
  async page(
    collection: Collection,
    query: PageQuery,
    context: CallContext,
  ): Promise<Found<PlacedRow>> {
    const id = await this.idOf(collection);
    const after = query.skip === 0 ? query.after : await this.findPosition(id, query, context);
    if (query.skip > 0 && after === undefined) return { rows: [], hasMore: false };
    return this.database.rows(this.queries.page(id, { ...query, skip: 0, after }), context);
  }

  /** Where the entities that are skipped end; `undefined` where there are no more than those. */
  private async findPosition(
    collectionId: number,
    query: PageQuery,
    context: CallContext,
  ): Promise<readonly Scalar[] | undefined> {
    const { rows } = await this.database.rows(this.queries.position(collectionId, query), context);
    return rows[0];
  }

  private idOf(collection: Collection): Promise<number> {
    return this.table.collectionId(nameOf(collection));
  }
}

function nameOf({
  deviceConfigurationId,
  navigation,
}: Collection): Record<string, string | number> {
  return { deviceConfigurationId, navigation: navigation.code };
}

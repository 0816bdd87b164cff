import type { Database } from '../../database/database.js';
import type { Found } from '../../database/query.js';
import type { StoredRow } from '../../database/table.js';
import type { CallContext } from '../../scheduling/call-context.js';
import type { Collection } from '../collection.js';
import type { PageQuery } from './collection-rows.js';
import type { GroupCriteria } from './group-plan.js';
import type { GroupQueries, GroupRow } from './group-queries.js';
import { EMPTY_PAGE, type Page } from './page.js';

/** What queries make of the entities of one set, in all its collections. */
export class Groups<Row extends StoredRow> {
  constructor(
    private readonly database: Database,
    private readonly queries: GroupQueries<Row>,
    private readonly numberOf: (collection: Collection) => Promise<number>,
  ) {}

  /** `isCounted` asks for the number of results on all pages together. */
  async list(
    collection: Collection,
    query: PageQuery & GroupCriteria,
    isCounted: boolean,
    context: CallContext,
  ): Promise<Page<GroupRow>> {
    const { rows, hasMore } = await this.page(collection, query, context);
    const count = isCounted ? await this.count(collection, query, context) : undefined;
    return { rows, next: hasMore ? rows.at(-1)!.place : undefined, count };
  }

  async count(
    collection: Collection,
    criteria: GroupCriteria,
    context: CallContext,
  ): Promise<number> {
    const query = this.queries.count(await this.numberOf(collection), criteria);
    const { rows } = await this.database.rows(query, context);
    return rows[0]!;
  }

  private async page(
    collection: Collection,
    query: PageQuery & GroupCriteria,
    context: CallContext,
  ): Promise<Found<GroupRow>> {
    if (query.limit.rows === 0) return EMPTY_PAGE;
    const number = await this.numberOf(collection);
    return this.database.rows(this.queries.page(number, query), context);
  }
}

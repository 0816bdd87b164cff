import type { Database } from '../../database/database.js';
import type { Found } from '../../database/query.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from '../../database/table.js';
import type { Decide, Member, Outcome } from '../../database/write.js';
import { GraphError } from '../../errors/graph-error.js';
import { toInstant } from '../../odata/date-time-offset.js';
import type { Scalar } from '../../odata/expressions/expression.js';
import type { CallContext } from '../../scheduling/call-context.js';
import type { Collection } from '../collection.js';
import type { Criteria, PageQuery } from './collection-rows.js';
import { newEntityId } from './entity-id.js';
import {
  EntityQueries,
  placeOf,
  type KeptCount,
  type ListedRow,
  type PlacedRow,
} from './entity-queries.js';
import { GroupQueries } from './group-queries.js';
import { Groups } from './groups.js';
import { EMPTY_PAGE, type Page } from './page.js';
import type { EntitySet, StoredProperty } from '../entity-set.js';
import { noSuchEntity } from '../entity-set.url.js';

/** Since 1970. To ask for it takes longer than to ask what time it is. */
const STARTED_AT_MS = performance.timeOrigin;

/** A body that was found to be good, by the names of its properties. */
export type EntityDto = object & { id?: string | null };

/** What is on the disk now, and whether there was nothing before. */
export interface Stored {
  row: ListedRow;
  isNew: boolean;
}

/** Throws where the entity is not as the caller requires it; `undefined` stands for none. */
export type Precondition = (current: { revision: number } | undefined) => void;

/** The entities of one set, in all its collections: bodies in, committed and synced; rows out. */
export class Entities<Row extends StoredRow> {
  /** What `$apply` makes of them. */
  readonly groups: Groups<Row>;
  private readonly table: Table<Row>;
  private readonly queries: EntityQueries<Row>;

  constructor(
    private readonly database: Database,
    private readonly set: EntitySet,
    definition: TableDefinition<Row>,
  ) {
    this.table = database.table(definition);
    const kept = { name: definition.counts.by, counts: this.table.counts };
    this.queries = new EntityQueries(set.type, this.table, kept);
    const groups = new GroupQueries(set.type, this.table, kept);
    this.groups = new Groups(database, groups, (collection) => this.numberOf(collection));
  }

  /**
   * Resolves when the entity is committed and synced. Throws `Conflict` where its id is taken in
   * the collection.
   */
  async create(collection: Collection, dto: EntityDto): Promise<ListedRow> {
    const row = this.toRow(dto.id ?? newEntityId(), dto);
    const { table } = this;
    const name = nameOf(collection);
    const outcome = await this.database.write({ kind: 'insert', table, collection: name, row });
    if (outcome.kind === 'written') return toListed(outcome.row);
    throw new GraphError(
      'Conflict',
      `There is a ${this.set.singular} with the id '${row.id}' in this collection already.`,
      { target: 'id' },
    );
  }

  /**
   * Changes the members that the body has. Where there is no entity and `toCreate` gives the body
   * of a create, it is made.
   */
  async update(
    collection: Collection,
    id: string,
    dto: EntityDto,
    require: Precondition,
    toCreate?: () => EntityDto,
  ): Promise<Stored> {
    return this.store(collection, id, require, toCreate !== undefined, (current) =>
      current === undefined ? this.toRow(id, toCreate!()) : this.merge(current, dto),
    );
  }

  /** Leaves nothing of the entity as it was. Where there is none, it is made if it `canCreate`. */
  async replace(
    collection: Collection,
    id: string,
    dto: EntityDto,
    require: Precondition,
    canCreate: boolean,
  ): Promise<Stored> {
    return this.store(collection, id, require, canCreate, (current) =>
      this.toRow(id, dto, current?.revision),
    );
  }

  async delete(collection: Collection, id: string, require: Precondition): Promise<void> {
    await this.change(collection, id, (current) => {
      if (current === undefined) throw noSuchEntity(collection, id);
      require(current);
      return { kind: 'delete' };
    });
  }

  async get(collection: Collection, id: string): Promise<ListedRow> {
    const row = await this.database.find(this.table, nameOf(collection), id);
    if (row === undefined) throw noSuchEntity(collection, id);
    return toListed(row);
  }

  /** `isCounted` asks for the number of entities on all pages together. */
  async list(
    collection: Collection,
    query: PageQuery,
    isCounted: boolean,
    context: CallContext,
  ): Promise<Page<ListedRow>> {
    const { rows, hasMore } = await this.page(collection, query, context);
    const count = isCounted ? await this.count(collection, query, context) : undefined;
    const next = hasMore ? placeOf(rows.at(-1)!, query.orderBy, this.set.type) : undefined;
    return { rows, next, count };
  }

  async count(collection: Collection, criteria: Criteria, context: CallContext): Promise<number> {
    const query = this.queries.count(await this.numberOf(collection), criteria);
    const { rows } = await this.database.rows(query, context);
    return rows[0]!;
  }

  /** What the database keeps counted; nothing where the collection is empty. */
  async countByMember(collection: Collection, context: CallContext): Promise<KeptCount[]> {
    const { latestBy } = this.set.overview;
    const query = this.queries.overview(await this.numberOf(collection), latestBy);
    const { rows } = await this.database.rows(query, context);
    return rows;
  }

  /**
   * Resolves when the row that is made of the current one is committed and synced; of none, all
   * stays as it is. What is required of the entity is checked against what the row is written over:
   * of two writes with one entity tag, one wins.
   */
  private async store(
    collection: Collection,
    id: string,
    require: Precondition,
    canCreate: boolean,
    toRow: (current: Member<Row> | undefined) => Member<Row> | undefined,
  ): Promise<Stored> {
    const outcome = await this.change(collection, id, (current) => {
      if (current === undefined && !canCreate) throw noSuchEntity(collection, id);
      require(current);
      const row = toRow(current);
      return row === undefined ? { kind: 'keep', row: current! } : { kind: 'store', row };
    });
    if (outcome.kind !== 'written') throw new Error(`a row was to be stored: ${outcome.kind}`);
    return { row: toListed(outcome.row), isNew: outcome.isNew };
  }

  private change(collection: Collection, id: string, decide: Decide<Row>): Promise<Outcome<Row>> {
    const { table } = this;
    const name = nameOf(collection);
    return this.database.write({ kind: 'change', table, collection: name, id, decide });
  }

  private async page(
    collection: Collection,
    query: PageQuery,
    context: CallContext,
  ): Promise<Found<PlacedRow>> {
    if (query.limit.rows === 0) return EMPTY_PAGE;
    const number = await this.numberOf(collection);
    const after = query.skip === 0 ? query.after : await this.findPosition(number, query, context);
    if (query.skip > 0 && after === undefined) return EMPTY_PAGE;
    return this.database.rows(this.queries.page(number, { ...query, skip: 0, after }), context);
  }

  /** Where the entities that are skipped end; `undefined` where there are no more than those. */
  private async findPosition(
    number: number,
    query: PageQuery,
    context: CallContext,
  ): Promise<readonly Scalar[] | undefined> {
    const { rows } = await this.database.rows(this.queries.position(number, query), context);
    return rows[0];
  }

  private numberOf(collection: Collection): Promise<number> {
    return this.table.collectionId(nameOf(collection));
  }

  private toRow(id: string, dto: EntityDto, previousRevision = 0): Member<Row> {
    const row: Record<string, unknown> = {};
    for (const property of this.set.type.properties) store(row, property, dto);
    row.id = id;
    row.revision = toRevision(previousRevision);
    return row as unknown as Member<Row>;
  }

  /**
   * The row with the members that the body has; `undefined` where it has none. An absent member
   * stays, `null` replaces.
   */
  private merge(current: Member<Row>, dto: EntityDto): Member<Row> | undefined {
    const row: Record<string, unknown> = { ...current };
    const { key, properties } = this.set.type;
    const given = properties.filter(
      ({ name }) => name !== key && Reflect.get(dto, name) !== undefined,
    );
    if (given.length === 0) return undefined;
    for (const property of given) store(row, property, dto);
    row.revision = toRevision(current.revision);
    return row as unknown as Member<Row>;
  }
}

/**
 * A value as the table has it: the number of an enumeration's member, a timestamp with its instant.
 * The key of a body that has none is given to the row behind it.
 */
function store(
  row: Record<string, unknown>,
  { name, type, comparable, defaultValue = null }: StoredProperty,
  dto: EntityDto,
): void {
  const given: unknown = Reflect.get(dto, name);
  const value = given === undefined ? defaultValue : given;
  const isMember = typeof type === 'object' && value !== null;
  row[name] = isMember ? type.members.indexOf(value as string) : value;
  if (type !== 'dateTimeOffset') return;
  row[comparable] = value === null ? null : toInstant(value as string);
}

/**
 * Microseconds since 1970, and later than the one before: an entity that is deleted and made again
 * does not meet its old tag.
 */
function toRevision(previous: number): number {
  const now = Math.floor((STARTED_AT_MS + performance.now()) * 1000);
  return Math.max(now, previous + 1);
}

function nameOf({ deviceConfigurationId, navigation }: Collection): CollectionName {
  return { deviceConfigurationId, navigation: navigation.code };
}

/** What is stored has all that a page shows. */
function toListed(row: { id: string; revision: number }): ListedRow {
  return row;
}

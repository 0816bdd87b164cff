import { Injectable } from '@nestjs/common';

import { GraphError } from '../errors/graph-error.js';
import { toInstant } from '../odata/date-time-offset.js';
import type { CallContext } from '../scheduling/call-context.js';
import { COMPLIANCE_STATUSES } from './compliance-status.js';
import type { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import type { UpdateUserStatusDto } from './dto/update-user-status.dto.js';
import type { Collection } from './navigations.js';
import { newKey } from './new-key.js';
import type { MemberRow } from './user-status.entity.js';
import type {
  Criteria,
  ListedRow,
  PageQuery,
  PlacedRow,
  StatusCount,
} from './user-statuses.query.js';
import { UserStatusesStore } from './user-statuses.store.js';
import { noSuchUserStatus } from './user-statuses.url.js';

/** Since 1970. To ask for it takes longer than to ask what time it is. */
const STARTED_AT_MS = performance.timeOrigin;

/** One page, and the last row of it where more are behind. */
export interface Page {
  rows: readonly ListedRow[];
  last: PlacedRow | undefined;
  count: number | undefined;
}

/** Throws where the entity is not as the caller requires it; `undefined` stands for none. */
export type Precondition = (current: MemberRow | undefined) => void;

@Injectable()
export class UserStatusesService {
  constructor(private readonly store: UserStatusesStore) {}

  /** Seals page tokens. */
  get pageTokenKey(): Buffer {
    return this.store.pageTokenKey;
  }

  /** Resolves when the status is committed and synced. Throws `Conflict` where its id is taken in the collection. */
  async create(collection: Collection, dto: CreateUserStatusDto): Promise<MemberRow> {
    const row = toRow(dto.id ?? newKey(), dto);
    const outcome = await this.store.insert(collection, row);
    if (outcome.kind === 'written') return outcome.row;
    throw new GraphError(
      'Conflict',
      `There is a user status with the id '${row.id}' in this collection already.`,
      { target: 'id' },
    );
  }

  /**
   * Changes the members that the body has, and resolves when that is committed and synced. What is
   * required of the entity is checked against what the change is written over: of two updates with
   * one entity tag, one wins. Where there is none and `toCreate` gives the body of a create, it is made.
   */
  async update(
    collection: Collection,
    id: string,
    dto: UpdateUserStatusDto,
    require: Precondition,
    toCreate?: () => CreateUserStatusDto,
  ): Promise<{ row: MemberRow; isNew: boolean }> {
    const outcome = await this.store.change(collection, id, (current) => {
      if (current === undefined && toCreate === undefined) throw noSuchUserStatus(id);
      require(current);
      if (current === undefined) return { kind: 'store', row: toRow(id, toCreate!()) };
      const changed = merge(current, dto);
      return changed === undefined
        ? { kind: 'keep', row: current }
        : { kind: 'store', row: changed };
    });
    if (outcome.kind !== 'written') throw new Error(`an update was ${outcome.kind}`);
    return outcome;
  }

  async delete(collection: Collection, id: string, require: Precondition): Promise<void> {
    await this.store.change(collection, id, (current) => {
      if (current === undefined) throw noSuchUserStatus(id);
      require(current);
      return { kind: 'delete' };
    });
  }

  async get(collection: Collection, id: string): Promise<ListedRow> {
    const status = await this.store.find(collection, id);
    if (status === undefined) throw noSuchUserStatus(id);
    return status;
  }

  /** `isCounted` asks for the number of entities on all pages together. */
  async list(
    collection: Collection,
    query: PageQuery,
    isCounted: boolean,
    context: CallContext,
  ): Promise<Page> {
    const { rows, hasMore } = await this.store.page(collection, query, context);
    const count = isCounted ? await this.store.count(collection, query, context) : undefined;
    return { rows, last: hasMore ? rows.at(-1) : undefined, count };
  }

  count(collection: Collection, criteria: Criteria, context: CallContext): Promise<number> {
    return this.store.count(collection, criteria, context);
  }

  countByStatus(collection: Collection, context: CallContext): Promise<StatusCount[]> {
    return this.store.countByStatus(collection, context);
  }
}

function toRow(id: string, dto: CreateUserStatusDto): MemberRow {
  return {
    id,
    devicesCount: dto.devicesCount,
    lastReportedDateTime: dto.lastReportedDateTime,
    lastReportedInstant: toInstant(dto.lastReportedDateTime)!,
    status: COMPLIANCE_STATUSES.indexOf(dto.status),
    userDisplayName: dto.userDisplayName,
    userPrincipalName: dto.userPrincipalName,
    revision: toRevision(0),
  };
}

/** The row with the members that the body has; `undefined` where it has none. An absent member stays, `null` replaces. */
function merge(current: MemberRow, dto: UpdateUserStatusDto): MemberRow | undefined {
  const { devicesCount, lastReportedDateTime, status, userDisplayName, userPrincipalName } = dto;
  const changes: Partial<MemberRow> = {
    ...(devicesCount === undefined ? {} : { devicesCount }),
    ...(lastReportedDateTime === undefined
      ? {}
      : { lastReportedDateTime, lastReportedInstant: toInstant(lastReportedDateTime)! }),
    ...(status === undefined ? {} : { status: COMPLIANCE_STATUSES.indexOf(status) }),
    ...(userDisplayName === undefined ? {} : { userDisplayName }),
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
  };
  if (Object.keys(changes).length === 0) return undefined;
  return Object.assign({}, current, changes, { revision: toRevision(current.revision) });
}

/** Microseconds since 1970, and later than the one before: an entity that is deleted and made again does not meet its old tag. */
function toRevision(previous: number): number {
  const now = Math.floor((STARTED_AT_MS + performance.now()) * 1000);
  return Math.max(now, previous + 1);
}

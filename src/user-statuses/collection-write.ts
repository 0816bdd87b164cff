/** Writes to collections as the service names them → writes of rows. */
import type { Change, Write } from '../database/sqlite/row-writer.js';
import type { Collection } from './navigations.js';
import type { MemberRow, UserStatus } from './user-status.entity.js';

/** As a `Write`: to a collection that need not have a key yet. */
export type CollectionWrite = { collection: Collection } & (
  | { kind: 'insert'; row: MemberRow }
  | {
      kind: 'change';
      id: string;
      decide: (current: UserStatus | undefined) => Change<MemberRow>;
    }
);

/** Whether it makes a row where there is none. */
export function creates(write: CollectionWrite): boolean {
  if (write.kind === 'insert') return true;
  try {
    return write.decide(undefined).kind === 'store';
  } catch {
    // It is refused again, and answered so, in its turn.
    return false;
  }
}

export function toKeyedWrite(write: CollectionWrite, collectionId: number): Write<UserStatus> {
  if (write.kind === 'insert') return { kind: 'insert', row: { collectionId, ...write.row } };
  const { id, decide } = write;
  return {
    kind: 'change',
    key: { collectionId, id },
    decide: (current) => {
      const change = decide(current);
      if (change.kind !== 'store') return change;
      return { kind: 'store', row: { collectionId, ...change.row } };
    },
  };
}

import type { CallContext } from '../scheduling/call-context.js';
import { commitWrite } from './change-set.js';
import type { Found, Query } from './query.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from './table.js';
import type { Member, Outcome, Result, Unit, Write } from './write.js';

/**
 * All that a feature sees of a database. Failures of the database are thrown as `GraphError` where
 * a caller can do something about them: away or busy (503), full (507), a query that takes too long
 * (400).
 */
export abstract class Database {
  /** Called while modules are made, before anything is written. */
  abstract table<Row extends StoredRow>(definition: TableDefinition<Row>): Table<Row>;

  /** Within the context's deadline, and in turns with the queries of other callers. */
  abstract rows<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>>;

  /** The row that a key has; those that are asked for together may be read together. */
  abstract find<Row extends StoredRow>(
    table: Table<Row>,
    collection: CollectionName,
    id: string,
  ): Promise<Member<Row> | undefined>;

  /** A secret as old as the database, and the same for all who serve it. */
  abstract secret(name: string): Promise<Buffer>;

  /**
   * Throws where the database does not answer, or cannot be written to. Degraded, it refuses some
   * queries.
   */
  abstract check(): Promise<'ready' | 'degraded'>;

  /**
   * Resolves when the write is committed and synced, or was found to be a duplicate; within a
   * change set, when the change set is. Throws what refused it, with nothing stored.
   */
  async write<Row extends StoredRow>(write: Write<Row>): Promise<Outcome<Row>> {
    const result = await commitWrite(write as unknown as Write<StoredRow>, this.commitUnit);
    if (result.kind === 'refused') throw result.reason;
    return result as Outcome<Row>;
  }

  /** Stores writes in one transaction, all of them or none, and says how each fared. */
  protected abstract commit(unit: Unit): Promise<readonly Result<StoredRow>[]>;

  private readonly commitUnit = (unit: Unit): Promise<readonly Result<StoredRow>[]> =>
    this.commit(unit);
}

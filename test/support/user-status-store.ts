/** The database of a service without the service: rows of user statuses, as the seam takes them. */
import { parseConfig } from '../../src/config/config.js';
import type { Database } from '../../src/database/database.js';
import { engineOf } from '../../src/database/engines.js';
import type { CollectionName, Table } from '../../src/database/table.js';
import type { Decide, Member, Outcome } from '../../src/database/write.js';
import { UserStatusCollection } from '../../src/user-statuses/model/user-status-collection.entity.js';
import { UserStatus } from '../../src/user-statuses/model/user-status.entity.js';
import { USER_STATUSES_TABLE } from '../../src/user-statuses/model/user-statuses.table.js';

export type Row = Member<UserStatus>;

/** The collection that is meant where none is named. */
export const DEFAULT: CollectionName = { deviceConfigurationId: 'store', navigation: 0 };

let revision = Date.now() * 1000;

/** A new row, or what is changed of another, with a revision of its own. */
export function toRow(id: string, changes: Partial<Row> = {}): Row {
  revision += 1;
  return {
    id,
    devicesCount: 1,
    lastReportedDateTime: '2026-01-02T03:04:05Z',
    lastReportedInstant: '2026-01-02T03:04:05',
    status: 2,
    userDisplayName: null,
    userPrincipalName: null,
    ...changes,
    revision,
  };
}

export class UserStatusStore {
  private constructor(
    readonly database: Database,
    private readonly table: Table<UserStatus>,
    readonly close: () => Promise<void>,
  ) {}

  /** Opens a database as a service does that starts. */
  static async open(url: string): Promise<UserStatusStore> {
    const config = parseConfig({ DATABASE_URL: url });
    const engine = engineOf(config);
    const options = await engine.toDataSourceOptions(config);
    const entities = [UserStatus, UserStatusCollection];
    const { signal } = new AbortController();
    const dataSource = await engine.open({ ...options, entities }, config, signal);
    const database = await engine.createDatabase(dataSource, config);
    const table = database.table(USER_STATUSES_TABLE);
    return new UserStatusStore(database, table, async () => {
      await (database as Partial<{ onApplicationShutdown(): Promise<void> }>)
        .onApplicationShutdown!();
      await dataSource.destroy();
    });
  }

  insert(row: Row, collection = DEFAULT): Promise<Outcome<UserStatus>> {
    return this.database.write({ kind: 'insert', table: this.table, collection, row });
  }

  change(
    id: string,
    decide: Decide<UserStatus>,
    collection = DEFAULT,
  ): Promise<Outcome<UserStatus>> {
    return this.database.write({ kind: 'change', table: this.table, collection, id, decide });
  }

  /** Stores what is made of the row that there is. */
  update(
    id: string,
    change: (current: Row) => Partial<Row>,
    collection = DEFAULT,
  ): Promise<Outcome<UserStatus>> {
    const decide: Decide<UserStatus> = (current) => ({
      kind: 'store',
      row: toRow(id, { ...current!, ...change(current!) }),
    });
    return this.change(id, decide, collection);
  }

  /** Whether it is there or not. */
  remove(id: string, collection = DEFAULT): Promise<Outcome<UserStatus>> {
    return this.change(
      id,
      (current) => (current === undefined ? { kind: 'keep', row: toRow(id) } : { kind: 'delete' }),
      collection,
    );
  }

  find(id: string, collection = DEFAULT): Promise<Row | undefined> {
    return this.database.find(this.table, collection, id);
  }
}

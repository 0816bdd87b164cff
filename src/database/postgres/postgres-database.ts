import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import type { PostgresSettings } from '../../config/postgres-url.js';
import type { CallContext } from '../../scheduling/call-context.js';
import { Database } from '../database.js';
import type { Found, Query } from '../query.js';
import type { CollectionName, StoredRow, Table, TableDefinition } from '../table.js';
import { untilDecided } from '../unit-attempts.js';
import type { Member, Result, Unit } from '../write.js';
import type { Connections } from './connections.js';
import { toDatabaseError } from './driver-errors.js';
import { ListReader } from './list-reader.js';
import { findIndexed, type IndexParts } from './postgres-indexes.js';
import { PostgresTable } from './postgres-table.js';
import { RowFinder } from './row-finder.js';
import { RowWriter } from './row-writer.js';
import { ServerProbe } from './server-probe.js';

/** PostgreSQL, whose connections do what the threads of SQLite do. */
export class PostgresDatabase
  extends Database
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly tables: { name: string; counts: string }[] = [];
  private readonly finder: RowFinder;
  private readonly reader: ListReader;
  private readonly writer: RowWriter;
  private readonly probe: ServerProbe;

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: Connections,
    settings: PostgresSettings,
    private readonly indexes: readonly IndexParts[],
  ) {
    super();
    this.finder = new RowFinder(connections);
    this.reader = new ListReader(connections, settings);
    this.writer = new RowWriter(connections);
    this.probe = new ServerProbe(connections);
  }

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([this.reader.open(), this.writer.open()]);
  }

  /** Nothing is asked for any more: the server has closed. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.reader.close(), this.connections.close()]);
  }

  table<Row extends StoredRow>(definition: TableDefinition<Row>): Table<Row> {
    const { dataSource, finder, tables } = this;
    const indexed = findIndexed(this.indexes, dataSource.getMetadata(definition.entity));
    const table = new PostgresTable(
      dataSource,
      definition,
      finder,
      indexed as ReadonlySet<keyof Row>,
      tables.length,
    );
    tables.push(table);
    return table;
  }

  rows<Row>(query: Query<Row>, context: CallContext): Promise<Found<Row>> {
    return translate(() => this.reader.read(query, context));
  }

  find<Row extends StoredRow>(
    table: Table<Row>,
    collection: CollectionName,
    id: string,
  ): Promise<Member<Row> | undefined> {
    return translate(() => this.finder.find(table as PostgresTable<Row>, collection, id));
  }

  secret(name: string): Promise<Buffer> {
    return translate(async () => {
      const { rows } = await this.connections.onLookup((client) =>
        client.query<{ value: string }>('SELECT "value" FROM "secret" WHERE "name" = $1', [name]),
      );
      return Buffer.from(rows[0]!.value, 'base64');
    });
  }

  check(): Promise<'ready' | 'degraded'> {
    return translate(async () => {
      await this.probe.check(this.tables.flatMap(({ name, counts }) => [name, counts]));
      return this.reader.hasFailed ? 'degraded' : 'ready';
    });
  }

  protected commit(unit: Unit): Promise<readonly Result<StoredRow>[]> {
    return translate(() => untilDecided(() => this.writer.write(unit)));
  }
}

async function translate<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

import type { DataSource } from 'typeorm';

import type { RowSource, Secrets, TargetDataSet } from '../data-set.js';
import type { Mutation, MutationOutcome, MutationRefusal } from '../mutation.js';
import { PagedTable, type Run } from '../paged-table.js';
import type { StoredRow, TableDefinition } from '../table.js';
import { countWriters } from './advisory-locks.js';
import type { Connections } from './connections.js';
import { describeError } from './driver-errors.js';
import { MutationWriter } from './mutation-writer.js';
import { PostgresTable } from './postgres-table.js';
import { RowFinder } from './row-finder.js';

/** Long enough for a failover: who copies has no caller that waits. */
const PATIENCE_MS = 60_000;

const REPLACE_SECRETS = `
  WITH gone AS (DELETE FROM "secret" WHERE "name" <> ALL ($1::text[]))
  INSERT INTO "secret" ("name", "value") SELECT * FROM unnest($1::text[], $2::text[])
  ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value"`;

/** A whole database. */
export class PostgresDataSet implements TargetDataSet {
  readonly tables: readonly RowSource[];
  private readonly writer: MutationWriter;

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: Connections,
    definitions: readonly TableDefinition<StoredRow>[],
    readonly place: string,
  ) {
    const finder = new RowFinder(connections);
    this.writer = new MutationWriter(connections);
    this.tables = definitions.map((definition, i) => {
      // Nobody asks it for a query.
      const table = new PostgresTable(dataSource, definition, finder, new Set(), i);
      return new PagedTable(dataSource, definition, table, this.run);
    });
  }

  /** Throws where others are connected to write to it. */
  async requireUnused(): Promise<void> {
    const writers = await this.connections.onWriter((client) => countWriters(client));
    if (writers > 0) throw new Error('a service uses it: stop that first');
  }

  async secrets(): Promise<Secrets> {
    const text = 'SELECT "name", "value" FROM "secret"';
    return Object.fromEntries((await this.run({ text, parameters: [] })) as [string, string][]);
  }

  async replaceSecrets(secrets: Secrets): Promise<void> {
    const values = [Object.keys(secrets), Object.values(secrets)];
    await this.attempt('written to', () =>
      this.connections.onWriter((client) => client.query(REPLACE_SECRETS, values)),
    );
  }

  /** By one statement, and so one transaction, for each kind of them. */
  write(mutations: readonly Mutation[]): Promise<readonly MutationOutcome[]> {
    return this.attempt('written to', async () => {
      const endsAt = performance.now() + PATIENCE_MS;
      return (await this.writer.commitEach(mutations, endsAt)).map(toOutcome);
    });
  }

  async close(): Promise<void> {
    await this.connections.close();
    await this.dataSource.destroy();
  }

  private readonly run: Run = async ({ text, parameters }) => {
    const query = { text, values: [...parameters], rowMode: 'array' as const };
    const { rows } = await this.attempt('read', () =>
      this.connections.onReader((client) => client.query<unknown[]>(query)),
    );
    return rows;
  };

  private async attempt<T>(what: 'read' | 'written to', act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      throw new Error(`${this.place} cannot be ${what}: ${describeError(cause)}`, { cause });
    }
  }
}

function toOutcome(outcome: MutationOutcome | MutationRefusal): MutationOutcome {
  if (typeof outcome === 'string') return outcome;
  throw outcome.reason;
}

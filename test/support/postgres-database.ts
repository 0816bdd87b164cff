import { afterAll } from '@jest/globals';
import type { Client } from 'pg';

import { connect, createMigratedDatabase, type CreatedDatabase } from './postgres.js';
import type { ManyRows, TestDatabase } from './test-database.js';

/** As long as its test file runs, a connection for one look after the other. */
const connections = new Set<PostgresTestDatabase>();

afterAll(async () => {
  await Promise.all([...connections].map((database) => database.disconnect()));
});

/** A database of its own on the server of the run. */
export class PostgresTestDatabase implements TestDatabase {
  readonly env: { DATABASE_URL: string };
  private connection: Promise<Client> | undefined;

  private constructor(private readonly database: CreatedDatabase) {
    this.env = { DATABASE_URL: database.url };
  }

  /** One that is there; else a new one, with the tables of the service and nothing in them. */
  static async open(url?: string): Promise<PostgresTestDatabase> {
    return new PostgresTestDatabase(
      url === undefined ? await createMigratedDatabase() : { url, drop: () => Promise.resolve() },
    );
  }

  async query(statement: string): Promise<Record<string, unknown>[]> {
    this.connection ??= connect(this.database.url);
    connections.add(this);
    const client = await this.connection;
    return (await client.query<Record<string, unknown>>(statement)).rows;
  }

  async empty(): Promise<void> {
    await this.query('DELETE FROM user_status; DELETE FROM user_status_count');
  }

  async addRows({ configuration, count, nameLength }: ManyRows): Promise<void> {
    // Far from any that the service draws.
    const collectionId = -Math.trunc(Math.random() * 1e9);
    await this.query(
      `INSERT INTO user_status_collection (id, device_configuration_id, navigation)
       VALUES (${String(collectionId)}, '${configuration}', 1)`,
    );
    await this.query(
      `INSERT INTO user_status (collection_id, id, devices_count, last_reported_date_time, last_reported_instant, status,
         user_display_name, user_principal_name, revision)
       SELECT ${String(collectionId)}, 'k' || lpad(n::text, 8, '0'), n % 7, '2026-11-01T00:00:00Z', '063929433600', n % 8,
         left('User ' || lpad((n * 7919 % 10007)::text, 8, '0') || ' ' || repeat('ü', ${String(nameLength)}), ${String(nameLength)}),
         'u' || n || '@contoso.example', 1793491200000000 + n
       FROM generate_series(1, ${String(count)}::bigint) AS n`,
    );
    await this.query(
      `INSERT INTO user_status_count (collection_id, status, bucket, count)
       SELECT collection_id, status, 0, count(*) FROM user_status
       WHERE collection_id = ${String(collectionId)} GROUP BY 1, 2`,
    );
    // As the server does by itself, somewhat later.
    await this.query('VACUUM ANALYZE user_status');
  }

  async lockWrites(): Promise<() => Promise<void>> {
    const client = await connect(this.database.url);
    await client.query('BEGIN; LOCK TABLE user_status IN SHARE ROW EXCLUSIVE MODE');
    return () => client.end();
  }

  async countCommits(work: () => Promise<unknown>): Promise<number> {
    const before = await this.writers();
    await work();
    const after = await this.writers();
    return [...after].filter((transaction) => !before.has(transaction)).length;
  }

  /** The transactions that wrote the rows as they are. */
  private async writers(): Promise<Set<unknown>> {
    const rows = await this.query('SELECT DISTINCT xmin::text FROM user_status');
    return new Set(rows.map(({ xmin }) => xmin));
  }

  logBytes(): number {
    return 0;
  }

  async drop(): Promise<void> {
    await this.disconnect();
    await this.database.drop();
  }

  async disconnect(): Promise<void> {
    connections.delete(this);
    await (await this.connection)?.end();
    this.connection = undefined;
  }
}

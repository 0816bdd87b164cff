import type { Database } from 'better-sqlite3';
import { join } from 'node:path';
import { rmSync, statSync } from 'node:fs';

import type { ManyRows, TestDatabase } from './test-database.js';
import { countCommits } from './write-ahead-log.js';

/** The database file of the service whose data lie in a folder. */
export function databaseFileIn({ dataDir }: { dataDir: string }): string {
  return join(dataDir, 'user-statuses.db');
}

/** A database file, which services share by sharing their data folder. */
export class SqliteTestDatabase implements TestDatabase {
  readonly env = {};

  constructor(private readonly file: string) {}

  async query(statement: string): Promise<Record<string, unknown>[]> {
    return this.use((database) => {
      const prepared = database.prepare<[], Record<string, unknown>>(statement);
      if (prepared.reader) return prepared.all();
      prepared.run();
      return [];
    });
  }

  async empty(): Promise<void> {
    await this.query('DELETE FROM user_status');
  }

  async addRows(rows: ManyRows): Promise<void> {
    await this.use((database) => {
      const collectionId = database
        .prepare(
          `INSERT INTO user_status_collection (device_configuration_id, navigation) VALUES (?, 1) RETURNING id`,
        )
        .pluck()
        .get(rows.configuration);
      database
        .prepare(
          `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < CAST(@count AS INTEGER))
           INSERT INTO user_status (collection_id, id, devices_count, last_reported_date_time, last_reported_instant, status,
             user_display_name, user_principal_name, revision)
           SELECT CAST(@collectionId AS INTEGER), printf('k%08d', n), n % 7, '2026-11-01T00:00:00Z', '063929433600', n % 8,
             substr(printf('User %08d ', n * 7919 % 10007) || replace(hex(zeroblob(@nameLength)), '00', 'ü'), 1, @nameLength),
             printf('u%d@contoso.example', n), 1793491200000000 + n
           FROM numbers`,
        )
        .run({ ...rows, collectionId });
    });
  }

  async lockWrites(): Promise<() => Promise<void>> {
    const database = await this.open();
    database.exec('BEGIN IMMEDIATE');
    return () => {
      database.exec('ROLLBACK');
      database.close();
      return Promise.resolve();
    };
  }

  async countCommits(work: () => Promise<unknown>): Promise<number> {
    const before = countCommits(this.file);
    await work();
    return countCommits(this.file) - before;
  }

  logBytes(): number {
    return statSync(`${this.file}-wal`).size;
  }

  drop(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.file + suffix, { force: true });
    return Promise.resolve();
  }

  private async use<T>(look: (database: Database) => T): Promise<T> {
    const database = await this.open();
    try {
      return look(database);
    } finally {
      database.close();
    }
  }

  private async open(): Promise<Database> {
    const { Sqlite } = await import('./sqlite.js');
    return new Sqlite(this.file);
  }
}

import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';

import { startNestApp } from '../../support/nest-app.js';

describe('the database', () => {
  it('is opened so that a commit waits for the disk', async () => {
    const app = await startNestApp();
    const database = app.app.nest.get(DataSource);
    const pragma = async (name: string) =>
      Object.values((await database.query<Record<string, unknown>[]>(`PRAGMA ${name}`))[0]!)[0];
    const pragmas = {
      journal_mode: await pragma('journal_mode'),
      synchronous: await pragma('synchronous'),
      fullfsync: await pragma('fullfsync'),
      foreign_keys: await pragma('foreign_keys'),
      busy_timeout: await pragma('busy_timeout'),
      integrity_check: await pragma('integrity_check'),
    };
    await app.close();

    expect(pragmas).toEqual({
      journal_mode: 'wal',
      synchronous: 2,
      fullfsync: 1,
      foreign_keys: 1,
      busy_timeout: 50,
      integrity_check: 'ok',
    });
  });

  it('has the schema that the entities describe', async () => {
    const app = await startNestApp();
    const database = app.app.nest.get(DataSource);
    const columns = await database.query<{ name: string; notnull: number; pk: number }[]>(
      'PRAGMA table_info(user_status)',
    );
    const described = database.getMetadata('UserStatus').columns;
    await app.close();

    expect(columns.map(({ name, notnull, pk }) => ({ name, notnull, isKey: pk > 0 }))).toEqual(
      described.map((column) => ({
        name: column.databaseName,
        notnull: column.isNullable ? 0 : 1,
        isKey: column.isPrimary,
      })),
    );
    expect(columns.filter(({ pk }) => pk > 0).map(({ name }) => name)).toEqual([
      'collection_id',
      'id',
    ]);
  });
});

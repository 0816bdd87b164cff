/** Writes that are asked for together: one statement carries them out, and each is told its own outcome. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { parsePostgresUrl } from '../../../src/config/postgres-url.js';
import type { Mutation } from '../../../src/database/mutation.js';
import { Connections } from '../../../src/database/postgres/connections.js';
import { MutationWriter } from '../../../src/database/postgres/mutation-writer.js';
import type { CollectionName, StoredRow, Table } from '../../../src/database/table.js';
import { USER_STATUSES_TABLE } from '../../../src/user-statuses/model/user-statuses.table.js';
import { createTestDatabase, query, type CreatedDatabase } from '../../support/postgres.js';
import { toRow, UserStatusStore } from '../../support/user-status-store.js';

const ONE: CollectionName = { deviceConfigurationId: 'one', navigation: 0 };
const OTHER: CollectionName = { deviceConfigurationId: 'one', navigation: 1 };

const SANE = `ALTER TABLE user_status ADD CONSTRAINT sane CHECK (user_display_name <> 'mad')`;

let postgres: CreatedDatabase;
let store: UserStatusStore;

beforeAll(async () => {
  postgres = await createTestDatabase();
  store = await UserStatusStore.open(postgres.url);
});

afterEach(async () => {
  await query(postgres.url, 'TRUNCATE user_status, user_status_count');
});

afterAll(async () => {
  await store.close();
  await postgres.drop();
});

/** How many transactions have made the rows that there are. */
async function countTransactions(): Promise<number> {
  const [counted] = await query(
    postgres.url,
    'SELECT count(DISTINCT xmin::text)::int AS "transactions" FROM user_status',
  );
  return counted!.transactions as number;
}

describe('rows that are inserted together', () => {
  it.each<[string, [CollectionName, string][], string[]]>([
    ['one', [[ONE, 'a']], ['written']],
    [
      'two, the later key first',
      [
        [ONE, 'b'],
        [ONE, 'a'],
      ],
      ['written', 'written'],
    ],
    [
      'two of one key',
      [
        [ONE, 'a'],
        [ONE, 'a'],
      ],
      ['written', 'duplicate'],
    ],
    ['one of a stored key', [[ONE, 'stored']], ['duplicate']],
    [
      'a stored key between new ones',
      [
        [ONE, 'a'],
        [ONE, 'stored'],
        [ONE, 'b'],
      ],
      ['written', 'duplicate', 'written'],
    ],
    [
      'one key in two collections',
      [
        [ONE, 'a'],
        [OTHER, 'a'],
        [OTHER, 'stored'],
      ],
      ['written', 'written', 'written'],
    ],
    [
      'keys that differ in their case, and in what looks alike',
      [
        [ONE, 'é'],
        [ONE, 'e\u0301'],
        [ONE, 'E'],
        [ONE, 'e'],
      ],
      ['written', 'written', 'written', 'written'],
    ],
  ])('are told their own outcomes: %s', async (_what, keys, outcomes) => {
    await store.insert(toRow('stored'), ONE);
    const settled = await Promise.all(
      keys.map(([collection, id]) => store.insert(toRow(id), collection)),
    );

    expect(settled.map(({ kind }) => kind)).toEqual(outcomes);
  });

  it('are of one transaction', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `user-${String(i)}`);
    const outcomes = await Promise.all(ids.map((id) => store.insert(toRow(id), ONE)));

    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['written']));
    expect(await countTransactions()).toBe(1);
  });

  it('are a thousand at the most, and none is left behind', async () => {
    const ids = Array.from({ length: 1500 }, (_, i) => `user-${String(i)}`);
    const twice = [...ids, ...ids];
    const outcomes = await Promise.all(twice.map((id) => store.insert(toRow(id), ONE)));

    expect(outcomes.slice(0, 1500).every(({ kind }) => kind === 'written')).toBe(true);
    expect(outcomes.slice(1500).every(({ kind }) => kind === 'duplicate')).toBe(true);
    expect(await countTransactions()).toBe(2);
  });

  it('are stored by few statements without the one that the table refuses', async () => {
    await query(postgres.url, SANE);
    const ids = Array.from({ length: 500 }, (_, i) => `user-${String(i)}`);
    const settled = await Promise.allSettled(
      ids.map((id) => store.insert(toRow(id, { userDisplayName: id.replace(/^.*-77$/, 'mad') }))),
    );
    await query(postgres.url, 'ALTER TABLE user_status DROP CONSTRAINT sane');

    expect(ids.filter((_, i) => settled[i]!.status === 'rejected')).toEqual(['user-77']);
    expect(await countTransactions()).toBeLessThan(12);
  });

  it('are told that the service is busy where the time is over to find the one that is refused', async () => {
    await query(postgres.url, SANE);
    const connections = new Connections(parsePostgresUrl(postgres.url), { size: 8, queryMs: 1000 });
    const table = store.database.table(USER_STATUSES_TABLE) as unknown as Table<StoredRow>;
    const insert = (id: string): Mutation => {
      return { kind: 'insert', table, collection: ONE, row: toRow(id, { userDisplayName: id }) };
    };
    const outcomes = await new MutationWriter(connections).commitEach(['a', 'mad'].map(insert), 0);
    await query(postgres.url, 'ALTER TABLE user_status DROP CONSTRAINT sane');
    await connections.close();

    const refused = { kind: 'refused', reason: { status: 503 } };
    expect(outcomes).toMatchObject([refused, refused]);
    expect(await countTransactions()).toBe(0);
  });

  it('are stored without the one that the table refuses', async () => {
    await query(postgres.url, SANE);
    const names = ['a', 'b', 'mad', 'c'];
    const settled = await Promise.allSettled(
      names.map((name) => store.insert(toRow(name, { userDisplayName: name }), ONE)),
    );
    await query(postgres.url, 'ALTER TABLE user_status DROP CONSTRAINT sane');

    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((settled[2] as PromiseRejectedResult).reason).toMatchObject({ code: '23514' });
    expect(await store.find('mad', ONE)).toBeUndefined();
    expect(await store.find('c', ONE)).toMatchObject({ userDisplayName: 'c' });
  });

  it.each([
    ['nothing', ''],
    ['null in words', 'NULL'],
    ['quotes', `"a" 'b' ""`],
    ['backslashes', String.raw`\ \\ \" \n \x41`],
    ['what arrays are made of', '{a,b},{"c"}'],
    ['blanks', ' \t\n\r '],
    ['controls', '\u0001\u001f\u007f\u0085'],
    ['beyond the basic plane', '😀𝒳\u{10ffff}'],
    ['what JSON or SQL would take for theirs', `${String.raw`\u0041`} $1 %s ;--`],
    ['more than an index holds', '😀'.repeat(1024)],
  ])('come back as they were: %s', async (_what, text) => {
    const row = toRow('text', { userDisplayName: text, userPrincipalName: text });
    await Promise.all([store.insert(row, ONE), store.insert(toRow('other'), ONE)]);
    const changed = await store.update('text', () => ({ userDisplayName: `${text}!` }), ONE);

    expect(changed).toMatchObject({
      row: { ...row, userDisplayName: `${text}!`, revision: expect.any(Number) },
    });
    expect(await store.find('text', ONE)).toEqual((changed as { row: unknown }).row);
  });
});

describe('changes that are asked for together', () => {
  it('are decided one on the other where they are of one row', async () => {
    await store.insert(toRow('counter', { devicesCount: 0 }), ONE);
    const changes = Array.from({ length: 40 }, () =>
      store.update('counter', ({ devicesCount }) => ({ devicesCount: devicesCount + 1 }), ONE),
    );
    const outcomes = await Promise.all(changes);

    expect(
      outcomes.map((outcome) => (outcome as { row: { devicesCount: number } }).row.devicesCount),
    ).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it('are of one transaction for each kind', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `user-${String(i)}`);
    await Promise.all(ids.map((id) => store.insert(toRow(id), ONE)));
    await Promise.all([
      ...ids.slice(0, 50).map((id) => store.update(id, () => ({ status: 5 }), ONE)),
      ...ids.slice(50).map((id) => store.remove(id, ONE)),
      ...ids.map((id) => store.insert(toRow(id), OTHER)),
    ]);

    expect(await countTransactions()).toBe(2);
    expect(
      await query(
        postgres.url,
        'SELECT status, count(*)::int FROM user_status GROUP BY 1 ORDER BY 1',
      ),
    ).toEqual([
      { status: 2, count: 100 },
      { status: 5, count: 50 },
    ]);
  });
});

describe('two services', () => {
  it('make a collection once', async () => {
    const second = await UserStatusStore.open(postgres.url);
    const names = Array.from({ length: 50 }, (_, i) => ({
      deviceConfigurationId: `new-${String(i)}`,
      navigation: 0,
    }));
    const outcomes = await Promise.all(
      [...names, ...names].map((name, i) =>
        (i < 50 ? store : second).insert(toRow(`of-${String(i < 50)}`), name),
      ),
    );
    await second.close();

    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['written']));
    expect(
      await query(
        postgres.url,
        `SELECT count(*)::int AS "rows", count(DISTINCT collection_id)::int AS "collections"
         FROM user_status JOIN user_status_collection c ON c.id = collection_id
         WHERE device_configuration_id LIKE 'new-%'`,
      ),
    ).toEqual([{ rows: 100, collections: 50 }]);
  });
});

import type pg from 'pg';

import type { Mutation } from '../mutation.js';
import { groupBy } from './group-by.js';
import type { Placed, PostgresTable } from './postgres-table.js';

/** In their order. Makes the collections that there are not yet. */
export async function placeAll(
  client: pg.ClientBase,
  mutations: readonly Mutation[],
): Promise<Placed[]> {
  const placed = new Map<Mutation, Placed>();
  for (const [table, ofTable] of groupBy(mutations, tableOf)) {
    const names = ofTable.map(({ collection }) => collection);
    const numbers = await table.numbers.add(client, names);
    ofTable.forEach((mutation, i) => {
      const { id } = mutation.kind === 'delete' ? mutation.current : mutation.row;
      placed.set(mutation, { table, collection: numbers[i]!, id, mutation });
    });
  }
  return mutations.map((mutation) => placed.get(mutation)!);
}

function tableOf({ table }: Mutation): PostgresTable {
  return table as PostgresTable;
}

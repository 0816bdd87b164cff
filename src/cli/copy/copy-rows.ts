/** Makes the target have what the source has, and nothing else. */
import type { DataSet, TargetDataSet } from '../../database/data-set.js';
import type { Mutation } from '../../database/mutation.js';
import { ChunkWriter } from './chunk-writer.js';
import { pairCollections, pairRows, rowsOf, type Pair, type Row } from './pairs.js';

export interface Changes {
  put: number;
  removed: number;
}

/** `onRow` is called for each row of the source. */
export async function copyRows(
  source: DataSet,
  target: TargetDataSet,
  onRow: () => void,
): Promise<Changes> {
  const changes: Changes = { put: 0, removed: 0 };
  const writer = new ChunkWriter(target);
  for (const [i, from] of source.tables.entries()) {
    const to = target.tables[i]!;
    for await (const [one, other] of pairCollections(from, to)) {
      const place = { table: to.table, collection: (one ?? other!).name };
      for await (const pair of pairRows(rowsOf(from, one), rowsOf(to, other))) {
        if (pair[0] !== undefined) onRow();
        const mutation = toMutation(place, pair);
        if (mutation === undefined) continue;
        changes[mutation.kind === 'delete' ? 'removed' : 'put'] += 1;
        await writer.add(mutation);
      }
    }
  }
  await writer.end();
  return changes;
}

function toMutation(
  place: Pick<Mutation, 'table' | 'collection'>,
  [row, current]: Pair<Row>,
): Mutation | undefined {
  if (row === undefined) return { ...place, kind: 'delete', current: current! };
  if (current === undefined) return { ...place, kind: 'insert', row };
  return isAlike(row, current) ? undefined : { ...place, kind: 'update', row, current };
}

function isAlike(one: Row, other: Row): boolean {
  const values = other as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(one).every(([property, value]) => value === values[property]);
}

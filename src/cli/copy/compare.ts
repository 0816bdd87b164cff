/** Whether two data sets are alike: by the number of rows of each collection, and a checksum. */
import { createHash } from 'node:crypto';

import type { DataSet, NumberedCollection, RowSource } from '../../database/data-set.js';
import type { CollectionName } from '../../database/table.js';
import { pairCollections, rowsOf } from './pairs.js';

/** The checksum is that of all values in the order of keys, and so the same in every database. */
export interface Digest {
  rows: number;
  checksum: string;
}

export interface Difference {
  collection: CollectionName;
  source: Digest;
  target: Digest;
}

/** What the source has; `different` counts the collections that are not alike. */
export interface Comparison extends Digest {
  collections: number;
  different: number;
}

const EMPTY: Digest = { rows: 0, checksum: '' };

/** `onRow` is called for each row of the source. */
export async function compare(
  source: DataSet,
  target: DataSet,
  onRow: () => void,
  onDifference: (difference: Difference) => void,
): Promise<Comparison> {
  const all = createHash('sha256');
  const comparison = { collections: 0, different: 0, rows: 0 };
  for (const [i, from] of source.tables.entries()) {
    const to = target.tables[i]!;
    for await (const [one, other] of pairCollections(from, to)) {
      const [digest, copy] = await Promise.all([
        toDigest(from, one, onRow),
        toDigest(to, other, () => undefined),
      ]);
      const collection = (one ?? other!).name;
      const isDifferent = digest.rows !== copy.rows || digest.checksum !== copy.checksum;
      if (isDifferent) onDifference({ collection, source: digest, target: copy });
      comparison.different += Number(isDifferent);
      if (digest.rows === 0) continue;
      comparison.collections += 1;
      comparison.rows += digest.rows;
      all.update(JSON.stringify([i, collection, digest.checksum]));
    }
  }
  return { ...comparison, checksum: all.digest('hex') };
}

async function toDigest(
  source: RowSource,
  collection: NumberedCollection | undefined,
  onRow: () => void,
): Promise<Digest> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const row of rowsOf(source, collection)) {
    hash.update(`${JSON.stringify(Object.values(row))}\n`);
    rows += 1;
    onRow();
  }
  // A collection that was emptied keeps its number, where it had one.
  return rows === 0 ? EMPTY : { rows, checksum: hash.digest('hex') };
}

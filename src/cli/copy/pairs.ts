/** Two data sets side by side: what both have, and what one of them has alone. */
import { PAGE_SIZE, type NumberedCollection, type RowSource } from '../../database/data-set.js';
import type { StoredRow } from '../../database/table.js';
import type { Member } from '../../database/write.js';
import { compareByCodePoint } from './code-points.js';

type Compare<T> = (one: T, other: T) => number;

/** What the source has, and what the target has: one of them, or both of one key. */
export type Pair<T> = readonly [T | undefined, T | undefined];

export type Row = Member<StoredRow>;

export function pairCollections(
  source: RowSource,
  target: RowSource,
): AsyncGenerator<Pair<NumberedCollection>> {
  return pair(collectionsOf(source), collectionsOf(target), compareNames);
}

/** The rows of one collection; of a side that does not have it, none. */
export function pairRows(
  source: AsyncIterable<Row>,
  target: AsyncIterable<Row>,
): AsyncGenerator<Pair<Row>> {
  return pair(source, target, (one, other) => compareByCodePoint(one.id, other.id));
}

export async function* rowsOf(
  source: RowSource,
  collection: NumberedCollection | undefined,
): AsyncGenerator<Row> {
  if (collection === undefined) return;
  yield* follow((last: Row | undefined) => source.rows(collection.number, last?.id));
}

function collectionsOf(source: RowSource): AsyncGenerator<NumberedCollection> {
  return follow((last) => source.collections(last?.name));
}

/** The next page is on its way while the last one is used. */
async function* follow<T>(read: (last: T | undefined) => Promise<readonly T[]>): AsyncGenerator<T> {
  let reading: Promise<readonly T[]> | undefined = read(undefined);
  while (reading !== undefined) {
    const page: readonly T[] = await reading;
    reading = page.length < PAGE_SIZE ? undefined : read(page.at(-1));
    // It is awaited when its turn comes; until then, nobody hears of its failure.
    reading?.catch(() => undefined);
    yield* page;
  }
}

async function* pair<T>(
  source: AsyncIterable<T>,
  target: AsyncIterable<T>,
  compare: Compare<T>,
): AsyncGenerator<Pair<T>> {
  const left = inOrder(source, compare);
  const right = inOrder(target, compare);
  let [one, other] = await Promise.all([left.next(), right.next()]);
  while (one.done !== true || other.done !== true) {
    const order =
      one.done === true ? 1 : other.done === true ? -1 : compare(one.value, other.value);
    yield [order <= 0 ? (one.value as T) : undefined, order >= 0 ? (other.value as T) : undefined];
    if (order <= 0) one = await left.next();
    if (order >= 0) other = await right.next();
  }
}

/** In another order, what is there would be taken for missing. */
async function* inOrder<T>(items: AsyncIterable<T>, compare: Compare<T>): AsyncGenerator<T, void> {
  let last: T | undefined;
  for await (const item of items) {
    if (last !== undefined && compare(last, item) >= 0) {
      throw new Error('the database does not order texts by code point: they cannot be compared');
    }
    last = item;
    yield item;
  }
}

function compareNames(
  { name: one }: NumberedCollection,
  { name: other }: NumberedCollection,
): number {
  for (const [member, value] of Object.entries(one)) {
    const order = compareValues(value, other[member]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(one: string | number, other: string | number): number {
  return typeof one === 'string'
    ? compareByCodePoint(one, String(other))
    : Math.sign(one - Number(other));
}

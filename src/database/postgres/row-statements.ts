/**
 * The statements that read and write many rows of one table at once: each of their parameters is an
 * array of values of one column. What they return are the keys of the rows that they wrote.
 */

/** Its name is quoted. */
export interface Column {
  property: string;
  name: string;
  type: string;
}

/** What statements name, quoted. */
export interface RowShape {
  table: string;
  counts: string;
  collection: Column;
  key: Column;
  revision: Column;
  /** The column by whose values rows are counted. */
  counted: string;
  /** All but the collection. */
  members: readonly Column[];
}

export interface RowStatements {
  /** Of collections and keys: the place among them, and the members, of each row there is. */
  find: string;
  /** Of collections and keys: has nobody else change the rows in this transaction. */
  lock: string;
  /** Of collections, and of all members; leaves out what is there already. */
  insert: string;
  /** Of collections, keys and revisions as they are, and of all members but the key. */
  update: string;
  /** Of collections, keys and revisions as they are. */
  delete: string;
}

export function toRowStatements(shape: RowShape): RowStatements {
  return {
    find: toFind(shape),
    lock: toLock(shape),
    insert: toInsert(shape),
    update: toUpdate(shape),
    delete: toDelete(shape),
  };
}

export function changeableOf({ members, key }: RowShape): Column[] {
  return members.filter((column) => column !== key);
}

/** Names of our own beside those of columns: no column is called so. */
const CURRENT = '"current revision"';
const BEFORE = '"counted before"';

function toFind({ table, collection, key, members }: RowShape): string {
  const selected = members.map(({ name }) => `r.${name}`).join(', ');
  return `
    SELECT g.n::integer, ${selected}
    FROM ${unnest(typesOf([collection, key]))} WITH ORDINALITY AS g(c, k, n)
    JOIN ${table} AS r ON r.${collection.name} = g.c AND r.${key.name} = g.k`;
}

/** In the order in which updates and deletes lock rows. */
function toLock(shape: RowShape): string {
  const { table, collection, key } = shape;
  const keys = [collection, key];
  return `
    SELECT FROM ${unnest(typesOf(keys))} AS g(${names(keys)})
    JOIN ${table} AS r ON ${isSameKey(shape, 'g')}
    ORDER BY r.${collection.name}, r.${key.name}
    FOR UPDATE OF r`;
}

function toInsert(shape: RowShape): string {
  const { table, collection, key, counted, members } = shape;
  const columns = [collection, ...members];
  return `
    WITH written AS (
      INSERT INTO ${table} (${names(columns)}) SELECT * FROM ${unnest(typesOf(columns))}
      ON CONFLICT (${names([collection, key])}) DO NOTHING
      RETURNING ${names([collection, key])}, ${counted}
    ), ${toCounting(shape, columns.length + 1, `SELECT *, 1 FROM written`)}
    SELECT ${names([collection, key])} FROM written`;
}

function toUpdate(shape: RowShape): string {
  const { table, collection, key, counted } = shape;
  const changeable = changeableOf(shape);
  const given = [collection, key, shape.revision, ...changeable];
  const aliases = [collection.name, key.name, CURRENT, ...changeable.map(({ name }) => name)];
  const assigned = changeable.map(({ name }) => `${name} = l.${name}`).join(', ');
  const changes =
    `SELECT ${collection.name}, ${key.name}, ${counted}, 1 FROM written UNION ALL ` +
    `SELECT ${collection.name}, ${key.name}, ${BEFORE}, -1 FROM written`;
  return `
    WITH ${toLocked(shape, `${unnest(typesOf(given))} AS g(${aliases.join(', ')})`)},
    written AS (
      UPDATE ${table} AS r SET ${assigned} FROM locked AS l WHERE ${isSameKey(shape, 'l')}
      RETURNING r.${collection.name}, r.${key.name}, r.${counted}, l.${BEFORE}
    ), ${toCounting(shape, given.length + 1, changes)}
    SELECT ${names([collection, key])} FROM written`;
}

function toDelete(shape: RowShape): string {
  const { table, collection, key, counted } = shape;
  const given = [collection, key, shape.revision];
  const aliases = [collection.name, key.name, CURRENT];
  return `
    WITH ${toLocked(shape, `${unnest(typesOf(given))} AS g(${aliases.join(', ')})`)},
    written AS (
      DELETE FROM ${table} AS r USING locked AS l WHERE ${isSameKey(shape, 'l')}
      RETURNING r.${collection.name}, r.${key.name}, r.${counted}
    ), ${toCounting(shape, given.length + 1, `SELECT *, -1 FROM written`)}
    SELECT ${names([collection, key])} FROM written`;
}

/**
 * What is given of the rows that are as they were decided on. Locked in the order of their keys, so
 * that of two statements one waits for the other, and neither for both.
 */
function toLocked(shape: RowShape, given: string): string {
  const { table, collection, key, revision, counted } = shape;
  return `
    locked AS (
      SELECT g.*, r.${counted} AS ${BEFORE}
      FROM ${given} JOIN ${table} AS r ON ${isSameKey(shape, 'g')}
      WHERE r.${revision.name} = g.${CURRENT}
      ORDER BY r.${collection.name}, r.${key.name}
      FOR UPDATE OF r
    )`;
}

/**
 * Adds to the counts what the changes (collection, key, counted value, how many) come to. The last
 * parameter is the bucket.
 */
function toCounting(
  { counts, collection, counted }: RowShape,
  bucket: number,
  changes: string,
): string {
  const key = `${collection.name}, ${counted}, "bucket"`;
  return `
    counting AS (
      INSERT INTO ${counts} AS c (${key}, "count")
      SELECT c, v, $${String(bucket)}::smallint, sum(n) FROM (${changes}) AS changes(c, k, v, n)
      GROUP BY c, v HAVING sum(n) <> 0 ORDER BY c, v
      ON CONFLICT (${key}) DO UPDATE SET "count" = c."count" + excluded."count"
    )`;
}

/** The parameters as the columns of a table. */
export function unnest(types: readonly string[]): string {
  return `unnest(${types.map((type, i) => `$${String(i + 1)}::${type}[]`).join(', ')})`;
}

function typesOf(columns: readonly Column[]): string[] {
  return columns.map(({ type }) => type);
}

function isSameKey({ collection, key }: RowShape, other: string): string {
  return [collection, key].map(({ name }) => `r.${name} = ${other}.${name}`).join(' AND ');
}

function names(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(', ');
}

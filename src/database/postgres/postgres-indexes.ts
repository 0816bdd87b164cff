import type { DataSource, EntityMetadata } from 'typeorm';

import { INDEXED_CHARACTERS } from './postgres-dialect.js';

/** What each index of a table is of, in its order. */
const PARTS_OF_INDEXES = `
  SELECT tables.relname AS "table", array_agg(parts.name ORDER BY parts.place) AS "parts"
  FROM pg_index AS indexes
    JOIN pg_class AS tables ON tables.oid = indexes.indrelid,
    LATERAL (
      SELECT place, pg_get_indexdef(indexes.indexrelid, place, true) AS name
      FROM generate_series(1, indexes.indnkeyatts) AS place
    ) AS parts
  WHERE tables.relnamespace = current_schema()::regnamespace
    AND indexes.indpred IS NULL AND indexes.indisvalid
  GROUP BY indexes.indexrelid, tables.relname`;

/** Of a long text an index has the first part. */
const PREFIX = new RegExp(String.raw`^"?left"?\((.+), ${String(INDEXED_CHARACTERS)}\)$`);

export interface IndexParts {
  table: string;
  /** The names of columns, or expressions as the server writes them. */
  parts: readonly string[];
}

export function readIndexes(dataSource: DataSource): Promise<IndexParts[]> {
  return dataSource.query<IndexParts[]>(PARTS_OF_INDEXES);
}

/**
 * The properties that have an index of their values in each collection, and of the keys behind
 * them. The database is asked: without its index, to sort by a property is no walk along one.
 */
export function findIndexed(
  indexes: readonly IndexParts[],
  { tablePath, columns }: EntityMetadata,
): ReadonlySet<string> {
  const properties = new Map(
    columns.map(({ databaseName, propertyName }) => [databaseName, propertyName]),
  );
  const propertyOf = (part: string): string | undefined =>
    properties.get((PREFIX.exec(part)?.[1] ?? part).replaceAll('"', ''));
  return new Set(
    indexes
      .filter(({ table, parts }) => table === tablePath && parts.length === 3)
      .map(({ parts }) => parts.map(propertyOf))
      .flatMap(([collection, property, key]) =>
        property !== undefined && collection === 'collectionId' && key === 'id' ? [property] : [],
      ),
  );
}

import type { Database } from 'better-sqlite3';
import type { EntityMetadata } from 'typeorm';

const COLUMNS_OF_INDEXES = `
  SELECT json_group_array(parts.name ORDER BY parts.seqno)
  FROM pragma_index_list(?) AS indexes, pragma_index_info(indexes.name) AS parts
  WHERE indexes.partial = 0
  GROUP BY indexes.name`;

/**
 * The properties that have an index of their values in each collection, and of the keys behind
 * them. The database is asked: without its index, to sort by a property is no walk along one.
 */
export function findIndexed(
  connection: Database,
  { tablePath, columns }: EntityMetadata,
): ReadonlySet<string> {
  const properties = new Map(
    columns.map(({ databaseName, propertyName }) => [databaseName, propertyName]),
  );
  const indexes = connection.prepare(COLUMNS_OF_INDEXES).pluck().all(tablePath) as string[];
  return new Set(
    indexes
      .map((names) => (JSON.parse(names) as string[]).map((name) => properties.get(name)))
      .filter(({ length }) => length === 3)
      .flatMap(([collection, property, key]) =>
        property !== undefined && collection === 'collectionId' && key === 'id' ? [property] : [],
      ),
  );
}

import type { StoredRow, Table } from '../../database/table.js';
import type { ColumnNames } from '../../odata/sql/expression-to-sql.js';
import type { StoredType } from '../entity-set.js';

/** What every row has, whatever its type. */
const OF_EVERY_ROW = ['collectionId', 'id', 'revision'];

/**
 * The columns of each property, quoted. Throws where the type and the table do not have the same: a
 * value would get lost.
 */
export function toColumns<Row extends StoredRow>(
  { odataType, properties }: StoredType,
  { name, columns }: Table<Row>,
): ReadonlyMap<string, ColumnNames> {
  const stored = new Set([
    ...OF_EVERY_ROW,
    ...properties.flatMap((property) => [property.name, property.comparable]),
  ]);
  const inEntity = new Set([...columns.keys()].map(String));
  for (const property of new Set([...stored, ...inEntity])) {
    if (stored.has(property) && inEntity.has(property)) continue;
    const lacking = stored.has(property) ? `the entity of the table ${name}` : odataType;
    throw new Error(`${lacking} lacks the property '${property}'`);
  }
  const asText = properties.find(
    ({ type, name: own, comparable }) => type === 'dateTimeOffset' && own === comparable,
  );
  if (asText !== undefined) {
    throw new Error(`'${asText.name}' of ${odataType} is a time: its 'comparable' is its instant`);
  }
  const column = (property: string): string => columns.get(property as keyof Row)!;
  return new Map(
    properties.map((property) => [
      property.name,
      { value: column(property.name), comparable: column(property.comparable) },
    ]),
  );
}

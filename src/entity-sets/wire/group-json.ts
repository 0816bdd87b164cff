/**
 * What `$apply` makes of entities as JSON (OData Data Aggregation 4.0, section 3; JSON Format 4.01,
 * 4.5.3 and 4.5.8).
 */
import { findProperty, type Property, type StructuredType } from '../../odata/edm.js';
import { toJsonString } from '../../odata/protocol/json-text.js';
import type { JsonFormat } from '../../odata/protocol/media-type.js';
import type { Selection } from '../../odata/protocol/select.js';
import type { StoredType } from '../entity-set.js';
import { toEntityPath } from '../entity-set.url.js';
import type { GroupCriteria } from '../storage/group-plan.js';
import type { GroupRow } from '../storage/group-queries.js';
import type { Rendering } from './entity-json.js';

/** The types that a JSON value has where nothing is said of it. */
const OBVIOUS_TYPES: readonly string[] = ['Edm.String', 'Edm.Boolean', 'Edm.Double'];

/** Those whose values a client may want as texts, because its numbers are doubles. */
const LONG_TYPES: readonly string[] = ['Edm.Decimal', 'Edm.Int64'];

/** About how long the names and the numbers of a result are in JSON. */
export function charactersOfResult({ properties }: StructuredType): number {
  const PROPERTY_CHARACTERS = 80;
  return properties.reduce((sum, { name }) => sum + 2 * name.length + PROPERTY_CHARACTERS, 0);
}

/** `$metadata` does not tell what all properties of a result are, so that they are named. */
export function toResultSelection(
  selection: Selection | undefined,
  { properties }: StructuredType,
): Selection {
  if (selection !== undefined && selection.written !== '*') return selection;
  const names = properties.map(({ name }) => name);
  return { written: names.join(','), properties: names };
}

/** How results are to be rendered, and of which groupings they are. */
type GroupRendering = Rendering & { query: GroupCriteria };

type Writer = (row: GroupRow) => string;

/** Writes results as they stand in the body of a page. */
export function toGroupWriter(request: GroupRendering): Writer {
  const { collection, query, selection } = request;
  const { properties } = query.groupings.at(-1)!.type;
  const writers = selection!.properties.map((name) => {
    const at = properties.findIndex((property) => property.name === name);
    return toPropertyWriter(properties[at]!, at, collection.set.type, request);
  });
  const writeControl = toControlWriter(request);
  return (row) => {
    const members = writers.reduce((text, write) => text + write(row), writeControl(row));
    return `{${members.slice(1)}}`;
  };
}

/** Members stand without the braces around them, each behind a comma. */
function toPropertyWriter(
  property: Property,
  at: number,
  { properties }: StoredType,
  format: JsonFormat,
): Writer {
  const { name, edmType } = property;
  const declared = findProperty({ properties }, name);
  const isFull = format.metadata === 'full';
  const type = declared === undefined ? toJsonType(edmType) : isFull && declared.jsonType;
  const isTyped = type !== undefined && type !== false && format.metadata !== 'none';
  const start = `${isTyped ? `,"${name}@odata.type":"${type}"` : ''},"${name}":`;
  const isText = format.isIeee754Compatible && LONG_TYPES.includes(edmType);
  return ({ values }) => {
    const value = values[at] ?? null;
    return start + (value === null ? 'null' : toValue(value, property, isText));
  };
}

function toValue(value: string | number, { type }: Property, isText: boolean): string {
  if (typeof type === 'object') return `"${type.members[Number(value)]!}"`;
  if (type !== 'integer' && type !== 'decimal') return toJsonString(value as string);
  return isText ? `"${String(value)}"` : String(value);
}

/** Dynamic properties have their type beside them where JSON does not tell it. */
function toJsonType(edmType: string): string | undefined {
  return OBVIOUS_TYPES.includes(edmType) ? undefined : `#${edmType.replace(/^Edm\./, '')}`;
}

/**
 * "If the entity is transient …, the id control information MUST appear in OData 4.0 payloads and
 * have the null value" (JSON Format 4.01, 4.5.8).
 */
function toControlWriter({ collection, query, metadata, selection }: GroupRendering): Writer {
  if (metadata === 'none') return () => '';
  const { key, odataType } = collection.set.type;
  const isFull = metadata === 'full';
  const type = isFull ? `,"@odata.type":"${odataType}"` : '';
  const at = query.groupings.at(-1)!.type.properties.findIndex(({ name }) => name === key);
  if (at === -1) return () => `${type},"@odata.id":null`;
  if (!isFull && selection!.properties.includes(key)) return () => '';
  return ({ values }) =>
    `${type},"@odata.id":${toJsonString(toEntityPath(collection, String(values[at])))}`;
}

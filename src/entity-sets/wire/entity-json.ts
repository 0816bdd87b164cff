/** Entities as JSON, written piece by piece, because their shape is known. */
import type { StructuredType } from '../../odata/edm.js';
import { toJsonEntityTag } from '../../odata/protocol/entity-tag.js';
import { toJsonString } from '../../odata/protocol/json-text.js';
import type { JsonFormat } from '../../odata/protocol/media-type.js';
import type { Selection } from '../../odata/protocol/select.js';
import type { Collection } from '../collection.js';
import type { ListedRow } from '../storage/entity-queries.js';
import type { StoredProperty, StoredType } from '../entity-set.js';
import { toCollectionPath, toEntityPath } from '../entity-set.url.js';

/**
 * How an entity is to be rendered: where from, for which collection, and with how much about
 * itself.
 */
export interface Rendering extends JsonFormat {
  /** The root of the version that was called, such as `https://host/v1.0`. */
  serviceRoot: string;
  collection: Collection;
  /** The properties that are asked for; `undefined` for all. */
  selection: Selection | undefined;
}

/** The value of a property, as JSON has it. */
export function toPropertyValue(
  row: ListedRow,
  { name, type }: StoredProperty,
): string | number | null {
  const value = row[name] ?? null;
  return typeof type === 'object' && value !== null ? type.members[Number(value)]! : value;
}

/** `…#deviceManagement/…/userStatuses`, with what was selected of it. */
export function toContextUrl({ serviceRoot, collection, selection }: Rendering): string {
  const selected = selection === undefined ? '' : `(${selection.written})`;
  return `${serviceRoot}/$metadata#${toCollectionPath(collection)}${selected}`;
}

/**
 * One entity as a response body (OData JSON Format 4.01, sections 3 and 4.5), its control
 * information first.
 */
export function toEntity(row: ListedRow, rendering: Rendering): string {
  if (rendering.metadata === 'none') return toMember(row, rendering);
  const context = toJsonString(`${toContextUrl(rendering)}/$entity`);
  return toJson(`{"@odata.context":${context},`, row, rendering);
}

/** One entity as it stands in a collection's body. */
export function toMember(row: ListedRow, rendering: Rendering): string {
  return toJson(BEGIN, row, rendering);
}

const BEGIN = '{';

/** Text is only added: to take a part of what is being written would have it copied. */
function toJson(begin: string, row: ListedRow, rendering: Rendering): string {
  const { metadata, selection, collection } = rendering;
  const { type } = collection.set;
  let json = metadata === 'none' ? begin : begin + toControlInformation(row, rendering);
  for (const writer of selection === undefined ? writersOf(type) : pick(type, selection)) {
    if (metadata === 'full') json += writer.typeMember;
    json += json === BEGIN ? writer.start.slice(1) : writer.start;
    json += writer.write(row);
  }
  return `${json}}`;
}

/** Writes one property, which stands behind a comma. */
interface PropertyWriter {
  name: string;
  /** `,"name":` */
  start: string;
  /**
   * The type, in a member right before its property, so that streams can be read (JSON Format 4.01,
   * 4.4).
   */
  typeMember: string;
  write: (row: ListedRow) => string;
}

const writers = new WeakMap<StoredType, readonly PropertyWriter[]>();

function writersOf(type: StoredType): readonly PropertyWriter[] {
  let known = writers.get(type);
  if (known === undefined) {
    known = type.properties.map(toWriter);
    writers.set(type, known);
  }
  return known;
}

function pick(type: StoredType, { properties }: Selection): PropertyWriter[] {
  const all = writersOf(type);
  return properties.map((selected) => all.find(({ name }) => name === selected)!);
}

function toWriter({ name, type, jsonType }: StoredProperty): PropertyWriter {
  const typeMember = jsonType === undefined ? '' : `,"${name}@odata.type":"${jsonType}"`;
  return { name, start: `,"${name}":`, typeMember, write: toValueWriter(name, type) };
}

function toValueWriter(name: string, type: StoredProperty['type']): PropertyWriter['write'] {
  if (typeof type === 'object') {
    const members = type.members.map((member) => `"${member}"`);
    return (row) => members[row[name] as number] ?? 'null';
  }
  if (type === 'integer') return (row) => String(row[name]);
  return (row) => toJsonString(row[name] as string | null);
}

function toControlInformation(
  { id, revision }: ListedRow,
  { collection, metadata, selection }: Rendering,
): string {
  const { odataType, key } = collection.set.type;
  const control = `"@odata.type":"${odataType}","@odata.etag":${toJsonEntityTag(revision)}`;
  const isFull = metadata === 'full';
  // Without the key, nobody could tell otherwise which entity it is (JSON Format 4.01, 4.5.8).
  if (!isFull && (selection === undefined || selection.properties.includes(key))) return control;
  const path = toJsonString(toEntityPath(collection, id));
  return `${control},"@odata.id":${path}${isFull ? `,"@odata.editLink":${path}` : ''}`;
}

/** About how long the control information of an entity is in JSON, and a member beside its name. */
const CONTROL_CHARACTERS = 200;
const MEMBER_CHARACTERS = 20;

/** About how long an entity is in JSON, its texts apart. */
export function charactersOfEntity({ properties }: StructuredType): number {
  return properties.reduce(
    (sum, { name }) => sum + name.length + MEMBER_CHARACTERS,
    CONTROL_CHARACTERS,
  );
}

/** The part of the Entity Data Model (OData 4.01 CSDL, section 3) that expressions are made of. */

/** An enumeration type. A member's place in the list is its value. */
export interface Enumeration {
  /** Qualified with the namespace, such as `microsoft.graph.complianceStatus`. */
  name: string;
  /** The same, qualified with the alias. */
  aliasedName: string;
  description: string;
  members: readonly string[];
}

/**
 * Every integer type is one type here, and every type with a fraction another: promotion needs no
 * more.
 */
export type PrimitiveType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'dateTimeOffset'
  | 'date'
  | 'timeOfDay'
  | 'duration'
  | 'guid';

/** `null` is the type of the literal alone: it goes with any other. */
export type EdmType = PrimitiveType | Enumeration | 'null';

/** A property of a type, as expressions see it. */
export interface Property {
  name: string;
  type: PrimitiveType | Enumeration;
  /** The type, as the CSDL names it. */
  edmType: string;
  isNullable: boolean;
  /** The most characters of a string. */
  maxLength?: number;
  /** Whether `$search` looks into it. */
  isSearchable: boolean;
}

/**
 * What expressions about one type may name. The one allow-list: a name that is not in it goes no
 * further.
 */
export interface StructuredType<P extends Property = Property> {
  properties: readonly P[];
  enumerations: readonly Enumeration[];
}

export interface EntityType<P extends Property = Property> extends StructuredType<P> {
  /** The name of the property that is the key. */
  key: string;
}

/**
 * The property that a URL names. Letter case makes no difference, as in paths: some clients show
 * `Id` for `id`, and send what they show.
 */
export function findProperty<P extends Property>(
  { properties }: Pick<StructuredType<P>, 'properties'>,
  name: string,
): P | undefined {
  const exact = properties.find((property) => property.name === name);
  if (exact !== undefined) return exact;
  const lowered = name.toLowerCase();
  return properties.find((property) => property.name.toLowerCase() === lowered);
}

export function findEnumeration(
  { enumerations }: StructuredType,
  name: string,
): Enumeration | undefined {
  return enumerations.find((each) => each.name === name || each.aliasedName === name);
}

/** Whether values of the type can be calculated with; null's can. */
export function isNumeric(type: EdmType): boolean {
  return type === 'integer' || type === 'decimal' || type === 'null';
}

/** A type in words, for messages. */
export function describeType(type: EdmType): string {
  if (typeof type === 'object') return `a ${type.name}`;
  return TYPE_WORDS[type];
}

const TYPE_WORDS: Readonly<Record<PrimitiveType | 'null', string>> = {
  string: 'a string',
  boolean: 'a Boolean',
  integer: 'an integer',
  decimal: 'a decimal number',
  dateTimeOffset: 'a date with time and zone',
  date: 'a date',
  timeOfDay: 'a time of day',
  duration: 'a duration',
  guid: 'a GUID',
  null: 'null',
};

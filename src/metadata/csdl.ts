/**
 * An entity data model (OData CSDL 4.01, sections 6 to 14), as far as this service's has parts.
 * JSON and XML are made from it.
 */

/**
 * A constant of a vocabulary's type. In JSON most look alike; in XML each has an element of its
 * own.
 */
export type Expression =
  string | number | boolean | EnumMember | PropertyPath | RecordExpression | readonly Expression[];

interface EnumMember {
  enumType: string;
  /** Of an enumeration of flags, several with commas between them. */
  member: string;
}

interface PropertyPath {
  propertyPath: string;
}

export interface RecordExpression {
  record: Readonly<Record<string, Expression>>;
  /** Needed where the declared type is abstract. */
  type?: string;
  annotations?: readonly Annotation[];
}

export interface Annotation {
  /** Qualified with the alias of its vocabulary, such as `Core.Description`. */
  term: string;
  value: Expression;
  /** What is said about the annotation itself. */
  annotations?: readonly Annotation[];
}

export interface Property {
  name: string;
  type: string;
  isNullable: boolean;
  maxLength?: number;
  precision?: number;
  /** As in JSON: an enumeration's member by its name. */
  defaultValue?: string | number;
  annotations: readonly Annotation[];
}

/** All are contained, and where they lead, there always is something. */
export interface NavigationProperty {
  name: string;
  type: string;
  isCollection: boolean;
  annotations: readonly Annotation[];
}

export interface EntityType {
  name: string;
  isAbstract?: boolean;
  baseType?: string;
  key?: string;
  properties: readonly Property[];
  navigations: readonly NavigationProperty[];
  annotations: readonly Annotation[];
}

/** A member's place is its value. */
export interface EnumType {
  name: string;
  members: readonly string[];
  annotations: readonly Annotation[];
}

interface Singleton {
  name: string;
  type: string;
  annotations: readonly Annotation[];
}

export interface Vocabulary {
  namespace: string;
  alias: string;
  /** Where it is published, without the extension: `.xml` and `.json` are both there. */
  url: string;
}

export interface Csdl {
  version: string;
  vocabularies: readonly Vocabulary[];
  namespace: string;
  alias: string;
  enumTypes: readonly EnumType[];
  entityTypes: readonly EntityType[];
  container: string;
  containerAnnotations: readonly Annotation[];
  singleton: Singleton;
  /**
   * Annotations of what is contained: it has no place in the container where they could stand. By
   * target path.
   */
  targets: readonly { target: string; annotations: readonly Annotation[] }[];
}

/** A name and its vocabulary, such as `Auth.Http`. */
export function findVocabulary(
  { vocabularies }: Pick<Csdl, 'vocabularies'>,
  qualifiedName: string,
): Vocabulary | undefined {
  return vocabularies.find(({ alias }) => qualifiedName.startsWith(`${alias}.`));
}

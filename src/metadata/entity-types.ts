/** The types of the model, made from the tables that requests are parsed and answered by. */
import { findProperty, type EntityType as EdmEntityType } from '../odata/edm.js';
import { FRACTION_DIGITS } from '../odata/expressions/temporal.js';
import type { DescribedProperty, EntitySet } from '../entity-sets/entity-set.js';
import { DEVICE_CONFIGURATIONS, DEVICE_MANAGEMENT } from '../entity-sets/entity-set.url.js';
import { overviewTypeOf } from '../entity-sets/overview-type.js';
import type { Annotation, EntityType, EnumType, NavigationProperty, Property } from './csdl.js';
import { STEPS, type Step } from './navigation-steps.js';
import { description } from './vocabularies.js';

export const NAMESPACE = 'microsoft.graph';
export const ALIAS = 'graph';

const ENTITY = 'entity';
const DEVICE_CONFIGURATION = 'deviceConfiguration';

/**
 * A name as it stands in the document: qualified with the namespace, as in `@odata.type`. The alias
 * would be as good by the specification, and some clients cannot resolve it.
 */
export function qualify(name: string): string {
  return `${NAMESPACE}.${name}`;
}

export const SINGLETON = { name: DEVICE_MANAGEMENT, type: qualify(DEVICE_MANAGEMENT) };

export function toEnumTypes(sets: readonly EntitySet[]): EnumType[] {
  const enumerations = new Set(sets.flatMap(({ type }) => type.enumerations));
  return [...enumerations].map((enumeration) => ({
    name: toLocalName(enumeration.name),
    members: enumeration.members,
    annotations: [description(enumeration.description)],
  }));
}

export function toEntityTypes(sets: readonly EntitySet[]): EntityType[] {
  const { type } = sets[0]!;
  return [
    {
      name: ENTITY,
      isAbstract: true,
      key: type.key,
      properties: [toCsdlProperty(findProperty(type, type.key)!)],
      navigations: [],
      annotations: [description('What all entities have.')],
    },
    ...sets.flatMap(toSetTypes),
    ...STEPS.map((step) => toStepType(step, sets)),
    derived(
      DEVICE_MANAGEMENT,
      'The way to the device configurations.',
      [],
      [
        collection(
          DEVICE_CONFIGURATIONS,
          DEVICE_CONFIGURATION,
          'The device configurations, by key.',
        ),
      ],
    ),
  ];
}

function toSetTypes(set: EntitySet): EntityType[] {
  const { type, overview } = set;
  const toOwn = <P extends DescribedProperty>({ key, properties }: EdmEntityType<P>): P[] =>
    properties.filter(({ name }) => name !== key);
  return [
    derived(toLocalName(type.odataType), type.description, toOwn(type).map(toCsdlProperty)),
    derived(
      toLocalName(overview.odataType),
      overview.description,
      toOwn(overviewTypeOf(set)).map(toOverviewProperty),
    ),
  ];
}

function derived(
  name: string,
  text: string,
  properties: readonly Property[],
  navigations: readonly NavigationProperty[] = [],
): EntityType {
  const annotations = [description(text)];
  return { name, baseType: qualify(ENTITY), properties, navigations, annotations };
}

function toCsdlProperty(field: DescribedProperty): Property {
  const { name, type, isNullable, maxLength, defaultValue } = field;
  return {
    name,
    type: field.edmType,
    isNullable,
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(type === 'dateTimeOffset' ? { precision: FRACTION_DIGITS } : {}),
    // That of a nullable property is null anyway.
    ...(defaultValue == null ? {} : { defaultValue }),
    annotations: [description(field.description)],
  };
}

/** It cannot be written: it is counted when it is asked for. */
function toOverviewProperty(property: DescribedProperty): Property {
  const { annotations, ...facets } = toCsdlProperty(property);
  const computed: Annotation = { term: 'Core.Computed', value: true };
  const minimum: Annotation = { term: 'Validation.Minimum', value: 0 };
  const isCount = property.type === 'integer';
  return { ...facets, annotations: [...annotations, computed, ...(isCount ? [minimum] : [])] };
}

/**
 * A place on the ways to collections. Each has a type of its own, so that the model has those ways
 * and no others.
 */
function toStepType({ path, hasCollections, next }: Step, sets: readonly EntitySet[]): EntityType {
  const text =
    path.length === 0
      ? 'A device configuration. It need not exist: its key is all that is known of it.'
      : `What ${path.join('/')} of a device configuration leads to.`;
  const collections = sets.flatMap(({ name, description: words, type, plural, overview }) => [
    collection(name, toLocalName(type.odataType), words),
    single(overview.name, toLocalName(overview.odataType), `The ${plural} beside it, counted.`),
  ]);
  const certificates = next.map((name) =>
    single(
      name,
      toStepName([...path, name]),
      `A certificate that has ${sets.map(({ plural }) => plural).join(' and ')} of its own.`,
    ),
  );
  return derived(
    toStepName(path),
    text,
    [],
    [...(hasCollections ? collections : []), ...certificates],
  );
}

function toStepName(path: readonly string[]): string {
  return [
    DEVICE_CONFIGURATION,
    ...path.map((name) => name.charAt(0).toUpperCase() + name.slice(1)),
  ].join('');
}

function collection(name: string, type: string, text: string): NavigationProperty {
  return { ...single(name, type, text), isCollection: true };
}

function single(name: string, type: string, text: string): NavigationProperty {
  return { name, type: qualify(type), isCollection: false, annotations: [description(text)] };
}

/** Without its namespace: `#microsoft.graph.entity` is `entity`. */
function toLocalName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf('.') + 1);
}

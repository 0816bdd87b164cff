/** The types of the model, made from the tables that requests are parsed and answered by. */
import { FRACTION_DIGITS } from '../odata/temporal.js';
import { OVERVIEW_COUNTS, OVERVIEW_TYPE } from '../user-statuses/user-status-overview.resource.js';
import {
  COMPLIANCE_STATUS,
  USER_STATUS,
  type UserStatusField,
} from '../user-statuses/user-status.fields.js';
import { ODATA_TYPE } from '../user-statuses/user-status.resource.js';
import {
  DEVICE_CONFIGURATIONS,
  DEVICE_MANAGEMENT,
  OVERVIEW,
  USER_STATUSES,
} from '../user-statuses/user-statuses.url.js';
import type { Annotation, EntityType, EnumType, NavigationProperty, Property } from './csdl.js';
import { STEPS, type Step } from './navigation-steps.js';
import { description } from './vocabularies.js';

export const [NAMESPACE] = splitName(COMPLIANCE_STATUS.name);
export const [ALIAS] = splitName(COMPLIANCE_STATUS.aliasedName);

const ENTITY = 'entity';
const DEVICE_CONFIGURATION = 'deviceConfiguration';

/** A name as it stands in the document: qualified with the alias, because a schema that has one must use it (section 5.2). */
function qualify(name: string): string {
  return `${ALIAS}.${name}`;
}

export const SINGLETON = { name: DEVICE_MANAGEMENT, type: qualify(DEVICE_MANAGEMENT) };

export const ENUM_TYPES: readonly EnumType[] = USER_STATUS.enumerations.map(
  ({ name, members }) => ({
    name: splitName(name)[1],
    members,
    annotations: [description('Compliance status of a policy.')],
  }),
);

const KEY = USER_STATUS.properties.find(({ name }) => name === USER_STATUS.key)!;

export const ENTITY_TYPES: readonly EntityType[] = [
  {
    name: ENTITY,
    isAbstract: true,
    key: KEY.name,
    properties: [toProperty(KEY)],
    navigations: [],
    annotations: [description('What all entities have.')],
  },
  derived(
    splitName(ODATA_TYPE)[1],
    'How a device configuration landed with one user.',
    USER_STATUS.properties.filter((property) => property !== KEY).map(toProperty),
  ),
  derived(
    splitName(OVERVIEW_TYPE)[1],
    'How many of the user statuses beside it there are of each kind. Its id is that of the device configuration.',
    overviewProperties(),
  ),
  ...STEPS.map(toStepType),
  derived(
    DEVICE_MANAGEMENT,
    'The way to the device configurations.',
    [],
    [collection(DEVICE_CONFIGURATIONS, DEVICE_CONFIGURATION, 'The device configurations, by key.')],
  ),
];

function derived(
  name: string,
  text: string,
  properties: readonly Property[],
  navigations: readonly NavigationProperty[] = [],
): EntityType {
  const annotations = [description(text)];
  return { name, baseType: qualify(ENTITY), properties, navigations, annotations };
}

function toProperty(field: UserStatusField): Property {
  const { name, type, isNullable, maxLength } = field;
  return {
    name,
    type: typeof type === 'object' ? type.aliasedName : field.edmType,
    isNullable,
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(type === 'dateTimeOffset' ? { precision: FRACTION_DIGITS } : {}),
    annotations: [description(field.description)],
  };
}

/** None of it can be written: it is counted when it is asked for. */
function overviewProperties(): Property[] {
  const computed: Annotation = { term: 'Core.Computed', value: true };
  const minimum: Annotation = { term: 'Validation.Minimum', value: 0 };
  const count = (name: string, text: string): Property => ({
    name,
    type: 'Edm.Int32',
    isNullable: false,
    annotations: [description(text), computed, minimum],
  });
  return [
    ...Object.entries(OVERVIEW_COUNTS).map(([name, statuses]) =>
      count(name, `How many user statuses have the status ${statuses.join(' or ')}.`),
    ),
    {
      name: 'lastUpdateDateTime',
      type: 'Edm.DateTimeOffset',
      isNullable: false,
      precision: FRACTION_DIGITS,
      annotations: [
        description('The latest lastReportedDateTime; 0001-01-01T00:00:00Z where there is none.'),
        computed,
      ],
    },
    count('configurationVersion', 'Version of the policy for that overview.'),
  ];
}

/** A place on the ways to user statuses. Each has a type of its own, so that the model has those ways and no others. */
function toStepType({ path, hasStatuses, next }: Step): EntityType {
  const text =
    path.length === 0
      ? 'A device configuration. It need not exist: its key is all that is known of it.'
      : `What ${path.join('/')} of a device configuration leads to.`;
  const statuses = [
    collection(USER_STATUSES, splitName(ODATA_TYPE)[1], 'The status of each user.'),
    single(OVERVIEW, splitName(OVERVIEW_TYPE)[1], 'The user statuses beside it, counted.'),
  ];
  const certificates = next.map((name) =>
    single(name, toStepName([...path, name]), 'A certificate that has user statuses of its own.'),
  );
  return derived(toStepName(path), text, [], [...(hasStatuses ? statuses : []), ...certificates]);
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

/** Namespace and name: `#microsoft.graph.entity` is `entity` in `microsoft.graph`. */
function splitName(qualified: string): [string, string] {
  const dot = qualified.lastIndexOf('.');
  return [qualified.slice(0, dot).replace(/^#/, ''), qualified.slice(dot + 1)];
}

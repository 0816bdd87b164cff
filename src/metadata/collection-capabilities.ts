/**
 * What can be done with each resource below the singleton, by its target path. They are contained,
 * so that no entity set could be annotated; the vocabulary prefers target paths to
 * `NavigationRestrictions`.
 */
import { READ_PERMISSIONS, WRITE_PERMISSIONS, type Permission } from '../auth/permissions.js';
import { MAX_AGGREGATES, MAX_TRANSFORMATIONS } from '../odata/aggregation/apply-parser.js';
import { TRANSFORMATIONS } from '../odata/aggregation/transformations.js';
import {
  MAX_EXPRESSION_DEPTH,
  MAX_EXPRESSION_TERMS,
} from '../odata/expressions/expression-budget.js';
import { DEFAULT_PAGE_SIZE, MAX_TOP } from '../odata/protocol/paging.js';
import type { EntitySet, StoredType } from '../entity-sets/entity-set.js';
import { DEVICE_CONFIGURATIONS } from '../entity-sets/entity-set.url.js';
import { BEARER } from './container-capabilities.js';
import type { Annotation, Csdl, Expression } from './csdl.js';
import { STEPS } from './navigation-steps.js';
import { capability, description, record } from './vocabularies.js';

/** `root` is the target path of the singleton. */
export function toTargets(root: string, sets: readonly EntitySet[]): Csdl['targets'] {
  return STEPS.flatMap(({ path, hasCollections }) => {
    const target = [root, DEVICE_CONFIGURATIONS, ...path].join('/');
    const place = { target, annotations: path.length === 0 ? NO_COLLECTION : notServed() };
    if (!hasCollections) return [place];
    return [
      place,
      ...sets.flatMap(({ name, type, overview }) => [
        { target: `${target}/${name}`, annotations: toCollectionCapabilities(type) },
        { target: `${target}/${overview.name}`, annotations: READ_ONLY_CAPABILITIES },
      ]),
    ];
  });
}

function notServed(): Annotation[] {
  return [
    capability('ReadRestrictions', record({ Readable: false })),
    capability('UpdateRestrictions', record({ Updatable: false })),
    capability('DeleteRestrictions', record({ Deletable: false })),
  ];
}

const NO_COLLECTION: readonly Annotation[] = [
  ...notServed(),
  capability('InsertRestrictions', record({ Insertable: false })),
  capability('CountRestrictions', record({ Countable: false })),
];

const SELECT_SUPPORT = capability(
  'SelectSupport',
  record({ Supported: true, InstanceAnnotationsSupported: false }),
);
const APPLY_SUPPORTED: Annotation = {
  term: 'Aggregation.ApplySupported',
  value: record({
    Transformations: TRANSFORMATIONS,
    CustomAggregationMethods: [],
    Rollup: { enumType: 'Aggregation.RollupType', member: 'None' },
    From: false,
  }),
  annotations: [
    description(
      'Properties are aggregated, and not expressions; the second parameter of groupby is one ' +
        `aggregate. At most ${String(MAX_TRANSFORMATIONS)} transformations and ` +
        `${String(MAX_AGGREGATES)} aggregates.`,
    ),
  ],
};

const SELECT_ON_WRITE = record({ SelectSupported: true });

function toCollectionCapabilities({ key, properties }: StoredType): Annotation[] {
  const required = properties
    .filter(({ name, defaultValue }) => name !== key && defaultValue === undefined)
    .map(({ name }) => ({ propertyPath: name }));
  const searched = properties.filter(({ isSearchable }) => isSearchable).map(({ name }) => name);
  return [
    capability(
      'ReadRestrictions',
      record({ Readable: true, Permissions: toPermissions(READ_PERMISSIONS) }),
    ),
    capability(
      'InsertRestrictions',
      record({
        Insertable: true,
        RequiredProperties: required,
        TypecastSegmentSupported: false,
        Permissions: toPermissions(WRITE_PERMISSIONS),
        QueryOptions: SELECT_ON_WRITE,
        LongDescription:
          'The id may be left to the service. An id that is taken in the collection is ' +
          'refused with 409.',
      }),
    ),
    capability(
      'UpdateRestrictions',
      record({
        Updatable: true,
        Upsertable: true,
        DeltaUpdateSupported: false,
        UpdateMethod: { enumType: 'Capabilities.HttpMethod', member: 'PATCH,PUT' },
        FilterSegmentSupported: false,
        TypecastSegmentSupported: false,
        Permissions: toPermissions(WRITE_PERMISSIONS),
        QueryOptions: SELECT_ON_WRITE,
        LongDescription:
          "What does not exist is made only with 'Prefer: create-if-missing'; then, and with " +
          'PUT, the rules of an insert hold. ' +
          "Entity tags are not required; 'If-Match' and 'If-None-Match' are honoured.",
      }),
    ),
    capability(
      'DeleteRestrictions',
      record({
        Deletable: true,
        FilterSegmentSupported: false,
        TypecastSegmentSupported: false,
        Permissions: toPermissions(WRITE_PERMISSIONS),
      }),
    ),
    capability('FilterRestrictions', {
      ...record({ Filterable: true, RequiresFilter: false }),
      annotations: [
        description(
          `At most ${String(MAX_EXPRESSION_TERMS)} terms, nested at most ` +
            `${String(MAX_EXPRESSION_DEPTH)} deep.`,
        ),
      ],
    }),
    capability('SortRestrictions', record({ Sortable: true })),
    capability('SearchRestrictions', {
      ...record({
        Searchable: true,
        UnsupportedExpressions: { enumType: 'Capabilities.SearchExpressions', member: 'none' },
      }),
      annotations: [description(`Looks into ${searched.join(' and ')}, whatever the case.`)],
    }),
    capability('CountRestrictions', record({ Countable: true })),
    SELECT_SUPPORT,
    capability('ExpandRestrictions', record({ Expandable: false })),
    capability(
      'TopSupported',
      true,
      `The size of a page, at most ${String(MAX_TOP)}; ${String(DEFAULT_PAGE_SIZE)} where it ` +
        'is not given. Where there are more, @odata.nextLink leads on; behind 0 it does not.',
    ),
    capability('SkipSupported', true),
    capability('ComputeSupported', false),
    APPLY_SUPPORTED,
    capability('IndexableByKey', true),
  ];
}

/** Of what is read as a whole, and cannot be written: the singleton, and an overview. */
export const READ_ONLY_CAPABILITIES: readonly Annotation[] = [
  capability(
    'ReadRestrictions',
    record({ Readable: true, Permissions: toPermissions(READ_PERMISSIONS) }),
  ),
  capability('UpdateRestrictions', record({ Updatable: false })),
  capability('DeleteRestrictions', record({ Deletable: false })),
  SELECT_SUPPORT,
  capability('ExpandRestrictions', record({ Expandable: false })),
];

/** A set of its own for each, because one of the sets is enough. */
function toPermissions(permissions: readonly Permission[]): Expression {
  return permissions.map((permission) =>
    record({ SchemeName: BEARER, Scopes: [record({ Scope: permission })] }),
  );
}

/**
 * The set transformations (OData Data Aggregation 4.0, sections 3 and 6), by name in lower case.
 */

export const TRANSFORMATIONS = ['aggregate', 'filter', 'groupby'] as const;

export type Transformation = (typeof TRANSFORMATIONS)[number];

/** Those that the service does not do. */
export const UNSUPPORTED_TRANSFORMATIONS: ReadonlySet<string> = new Set([
  'addnested',
  'ancestors',
  'bottomcount',
  'bottompercent',
  'bottomsum',
  'compute',
  'concat',
  'descendants',
  'expand',
  'identity',
  'join',
  'nest',
  'orderby',
  'outerjoin',
  'search',
  'skip',
  'top',
  'topcount',
  'toppercent',
  'topsum',
  'traverse',
]);

/** What can stand for a key of `groupby`, and makes groups of groups. */
export const UNSUPPORTED_GROUPINGS = ['rollup', 'rolluprecursive'] as const;

/**
 * What `$apply` makes of a collection (OData Data Aggregation 4.0, section 3), as a typed value.
 */
import type { Property, StructuredType } from '../edm.js';
import type { Expression } from '../expressions/expression.js';

/** The standard aggregation methods (3.2.1.3). */
export const METHODS = ['sum', 'min', 'max', 'average', 'countdistinct'] as const;

export type Method = (typeof METHODS)[number];

/**
 * One value of many instances: how many they are, or what a method makes of a property's values.
 */
export type Aggregate = { result: Property } & (
  { method: 'count' } | { method: Method; of: Property }
);

/** Instances that are alike in the keys become one; where there are no keys, all of them do. */
export interface Grouping {
  keys: readonly Property[];
  aggregates: readonly Aggregate[];
  /** Which results count. */
  filter: Expression | undefined;
  /** What each result has: the keys, then the aggregates. */
  type: StructuredType;
}

/**
 * Which entities count, and the groupings of them, each of what the one before it makes. Without
 * groupings, they stay entities.
 */
export interface Applied {
  filter: Expression | undefined;
  groupings: readonly Grouping[];
}

/** What an instance has that comes out of the groupings of instances of a type. */
export function toResultType(type: StructuredType, groupings: readonly Grouping[]): StructuredType {
  return groupings.at(-1)?.type ?? type;
}

/** Of what comes out, only what meets a condition. */
export function narrow({ filter, groupings }: Applied, condition: Expression): Applied {
  const last = groupings.at(-1);
  if (last === undefined) return { filter: both(filter, condition), groupings };
  const narrowed = { ...last, filter: both(last.filter, condition) };
  return { filter, groupings: [...groupings.slice(0, -1), narrowed] };
}

function both(one: Expression | undefined, other: Expression): Expression {
  if (one === undefined) return other;
  return { kind: 'logical', type: 'boolean', at: one.at, operator: 'and', operands: [one, other] };
}

/**
 * What the bodies and the rows of a type have, for the compiler: it names the class that lacks a
 * property of the table.
 */
import type { StoredRow } from '../database/table.js';
import type { Enumeration } from '../odata/edm.js';
import type { StoredProperty, StoredType } from './entity-set.js';

type PropertyIn<T extends StoredType> = T['properties'][number];

type Value<P extends StoredProperty, Member> =
  | (P['type'] extends Enumeration ? Member : P['type'] extends 'integer' ? number : string)
  | (P['isNullable'] extends true ? null : never);

type MemberName<P extends StoredProperty> = P['type'] extends Enumeration
  ? P['type']['members'][number]
  : never;

type InBody<P extends StoredProperty> = Value<P, MemberName<P>>;
type InRow<P extends StoredProperty> = Value<P, number>;

type Time<T extends StoredType> = Extract<PropertyIn<T>, { type: 'dateTimeOffset' }>;
type Optional<T extends StoredType> = Extract<PropertyIn<T>, { defaultValue: unknown }>;
type Key<T extends StoredType> = Extract<PropertyIn<T>, { name: T['key'] }>;

/**
 * The members of a create. The key may be left out, and so may what has a default: its class has a
 * member that can be `undefined`, or the compiler would not miss it.
 */
export type BodyOf<T extends StoredType> = {
  [P in Exclude<PropertyIn<T>, Optional<T> | Key<T>> as P['name']]: InBody<P>;
} & { [P in Optional<T> as P['name']]: InBody<P> | undefined } & {
  [P in Key<T> as P['name']]?: InBody<P> | null;
};

/** The properties of a row: an enumeration's member is a number, and a time has its instant. */
export type RowOf<T extends StoredType> = StoredRow & {
  [P in PropertyIn<T> as P['name']]: InRow<P>;
} & { [P in Time<T> as P['comparable']]: InRow<P> };

import type { EntitySet } from './entity-set.js';

/**
 * The ways from a device configuration to the collections of an entity set: the path between the
 * two, and the number that stands for it in tables. To add one is to add a line; a number is never
 * used again for another.
 */
export const NAVIGATIONS = [
  { code: 0, segments: [] },
  { code: 1, segments: ['rootCertificate'] },
  { code: 2, segments: ['identityCertificate'] },
  { code: 3, segments: ['identityCertificate', 'rootCertificate'] },
] as const satisfies readonly { code: number; segments: readonly string[] }[];

export type Navigation = (typeof NAVIGATIONS)[number];

/**
 * Each set, device configuration and navigation has a collection of its own (contract, section 1).
 */
export interface Collection {
  set: EntitySet;
  deviceConfigurationId: string;
  navigation: Navigation;
}

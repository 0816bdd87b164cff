/**
 * The singleton: the way to the device configurations. It has a key, as all of Graph's entities
 * have, and nothing else.
 */
import { ENTITY_SETS } from '../model.js';
import { findProperty, type EntityType } from '../odata/edm.js';

const { type } = ENTITY_SETS[0]!;

export const SINGLETON_TYPE: EntityType = {
  key: type.key,
  properties: [findProperty(type, type.key)!],
  enumerations: [],
};

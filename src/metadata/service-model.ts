import { ENTITY_SETS } from '../model.js';
import { READ_ONLY_CAPABILITIES, toTargets } from './collection-capabilities.js';
import { CONTAINER_CAPABILITIES } from './container-capabilities.js';
import type { Csdl } from './csdl.js';
import {
  ALIAS,
  NAMESPACE,
  qualify,
  SINGLETON,
  toEntityTypes,
  toEnumTypes,
} from './entity-types.js';
import { VOCABULARIES } from './vocabularies.js';

/** Graph's name. */
const CONTAINER = 'GraphService';

/** All that the service says of itself. */
export const SERVICE_MODEL: Csdl = {
  // Of the model, whichever its format (CSDL JSON 4.01, section 4): nothing in it is newer, and
  // every payload is 4.0.
  version: '4.0',
  vocabularies: VOCABULARIES,
  namespace: NAMESPACE,
  alias: ALIAS,
  enumTypes: toEnumTypes(ENTITY_SETS),
  entityTypes: toEntityTypes(ENTITY_SETS),
  container: CONTAINER,
  containerAnnotations: CONTAINER_CAPABILITIES,
  singleton: { ...SINGLETON, annotations: READ_ONLY_CAPABILITIES },
  targets: toTargets(`${qualify(CONTAINER)}/${SINGLETON.name}`, ENTITY_SETS),
};

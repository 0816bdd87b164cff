/** `$select` (OData 4.01 URL Conventions, 5.1.4): which properties a representation holds. */
import { GraphError, shorten } from '../../errors/graph-error.js';
import { findProperty, type StructuredType } from '../edm.js';

const ALL = '*';

/** The names that were selected, each once, in their order; `undefined` for all of them. */
export interface Selection {
  /** What `@odata.context` says, such as `id,status` or `*`. */
  written: string;
  properties: readonly string[];
}

/** Throws for a name that the type does not have. */
export function parseSelect(
  text: string | undefined,
  entityType: StructuredType,
): Selection | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => readName(name.trim(), entityType));
  if (names.includes(ALL)) {
    return { written: ALL, properties: entityType.properties.map(({ name }) => name) };
  }
  const properties = [...new Set(names)];
  return { written: properties.join(','), properties };
}

/** The name as the type has it. */
function readName(written: string, entityType: StructuredType): string {
  if (written === ALL) return ALL;
  const property = findProperty(entityType, written);
  if (property !== undefined) return property.name;
  const known = entityType.properties.map(({ name }) => name).join(', ');
  throw new GraphError(
    'BadRequest',
    `Cannot select '${shorten(written)}'. The properties are ${known}.`,
    { target: '$select' },
  );
}

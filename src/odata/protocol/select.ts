/** `$select` (OData 4.01 URL Conventions, 5.1.4): which properties a representation holds. */
import { GraphError, shorten } from '../../errors/graph-error.js';
import { findProperty, type StructuredType } from '../edm.js';

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
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  if (names.includes('*')) {
    for (const name of names) if (name !== '*') requireProperty(name, entityType);
    return { written: '*', properties: entityType.properties.map(({ name }) => name) };
  }
  for (const name of names) requireProperty(name, entityType);
  return { written: names.join(','), properties: names };
}

function requireProperty(name: string, entityType: StructuredType): void {
  if (findProperty(entityType, name) !== undefined) return;
  const known = entityType.properties.map((property) => property.name).join(', ');
  throw new GraphError(
    'BadRequest',
    `Cannot select '${shorten(name)}'. The properties are ${known}.`,
    { target: '$select' },
  );
}

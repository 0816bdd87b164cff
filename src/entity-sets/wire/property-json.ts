import type { Rendering } from './entity-json.js';

/** A single property as a response body (OData JSON Format 4.01, section 11). */
export function toPropertyJson(
  path: string,
  value: string | number,
  { serviceRoot, metadata }: Pick<Rendering, 'serviceRoot' | 'metadata'>,
): string {
  const context = { '@odata.context': `${serviceRoot}/$metadata#${path}` };
  return JSON.stringify({ ...(metadata === 'none' ? {} : context), value });
}

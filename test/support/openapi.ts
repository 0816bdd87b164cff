/** What tests ask an OpenAPI document for. */
import type { OpenAPIObject } from '@nestjs/swagger';

/** What stands at a place of the document: itself, or the component that it refers to. */
export function resolve(document: OpenAPIObject, value: object): unknown {
  if (!('$ref' in value)) return value;
  const steps = (value.$ref as string).slice('#/'.length).split('/');
  return steps.reduce<unknown>(
    (at, step) => (at as Record<string, unknown>)[step.replaceAll('~1', '/')],
    document,
  );
}

/** A value with the kind of each of its leaves in its place; lists by their first member. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
}

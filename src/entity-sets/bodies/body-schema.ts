/**
 * What `parseEntityBody` does with members that are no properties, in the words of JSON Schema:
 * annotations are taken, and ignored.
 */
export const ENTITY_BODY = {
  patternProperties: { '@': {} },
  additionalProperties: false,
} as const;

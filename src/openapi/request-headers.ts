/** The request headers that operations read, in OpenAPI's words. */
import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

const CONDITIONS = {
  'If-Match': {
    description: 'Go on only with the entity that has one of these entity tags; `*` for any.',
    example: '*',
  },
  'If-None-Match': {
    description: 'Go on only with an entity that has none of these entity tags; `*` for none.',
    example: 'W/"hog18ioacc"',
  },
} as const;

/** Declares the conditions that an operation takes (RFC 9110, section 13). */
export function TakesConditions(...names: (keyof typeof CONDITIONS)[]): MethodDecorator {
  return applyDecorators(
    ...names.map((name) => ApiHeader({ name, required: false, ...CONDITIONS[name], schema: {} })),
  );
}

/**
 * Declares the preferences that an operation applies (RFC 7240); any other is ignored. The first is
 * the example.
 */
export function Prefers(...preferences: [string, ...string[]]): MethodDecorator {
  const listed = preferences.map((preference) => `\`${preference}\``).join(', ');
  return ApiHeader({
    name: 'Prefer',
    required: false,
    description: `Preferences, separated by commas: ${listed}.`,
    schema: {},
    example: preferences[0].replace('<n>', '50'),
  });
}

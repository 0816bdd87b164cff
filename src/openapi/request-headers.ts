/** The request headers that operations read, in OpenAPI's words. */
import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

const CONDITIONS = {
  'If-Match': 'Go on only with the entity that has one of these entity tags; `*` for any.',
  'If-None-Match': 'Go on only with an entity that has none of these entity tags; `*` for none.',
} as const;

/** Declares the conditions that an operation takes (RFC 9110, section 13). */
export function TakesConditions(...names: (keyof typeof CONDITIONS)[]): MethodDecorator {
  return applyDecorators(
    ...names.map((name) =>
      ApiHeader({ name, required: false, description: CONDITIONS[name], schema: {} }),
    ),
  );
}

/** Declares the preferences that an operation applies (RFC 7240); any other is ignored. */
export function Prefers(...preferences: string[]): MethodDecorator {
  const listed = preferences.map((preference) => `\`${preference}\``).join(', ');
  return ApiHeader({
    name: 'Prefer',
    required: false,
    description: `Preferences, separated by commas: ${listed}.`,
    schema: {},
  });
}

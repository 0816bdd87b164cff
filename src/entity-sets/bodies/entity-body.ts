import { validateSync } from 'class-validator';

import { GraphError, shorten, type ErrorDetail } from '../../errors/graph-error.js';
import { rulesOf, type DtoClass } from './body-rules.js';
import type { StoredType } from '../entity-set.js';

/**
 * The most faults one answer lists. A body can hold thousands of unknown properties; nobody reads
 * so many.
 */
const MAX_FAULTS = 100;

/**
 * A parsed JSON body, as the DTO that the operation asks for: annotations dropped, unknown
 * properties refused, the known ones validated by the DTO's class-validator decorators. Every fault
 * of the body is in the one error thrown.
 *
 * Nest's ValidationPipe would do all but two things: it refuses annotations, and class-transformer,
 * which it builds the DTO with, silently drops properties such as `__proto__`.
 */
export function parseEntityBody<Dto extends object>(
  body: unknown,
  Dto: DtoClass<Dto>,
  { odataType }: StoredType,
): Dto {
  if (body === undefined) {
    throw new GraphError('BadRequest', 'The request body is empty: send a JSON object.');
  }
  if (Array.isArray(body)) {
    throw new GraphError(
      'BadRequest',
      "The request body must be one JSON object: send several in a batch, to '/$batch'.",
    );
  }
  if (typeof body !== 'object' || body === null) {
    throw new GraphError('BadRequest', 'The request body must be a JSON object.');
  }
  const { properties, isValid } = rulesOf(Dto);
  const dto = new Dto();
  const faults: ErrorDetail[] = [];

  const members = body as Record<string, unknown>;
  for (const name in members) {
    const value = members[name];
    if (name === '@odata.type') checkType(value, odataType, faults);
    else if (properties.has(name)) (dto as Record<string, unknown>)[name] = value;
    else if (!name.includes('@')) faults.push(unknownProperty(name));
  }
  if (!isValid(dto)) {
    for (const { property, constraints } of validateSync(dto, { forbidUnknownValues: false })) {
      faults.push(fault(property, Object.values(constraints ?? {}).join(' ')));
    }
  }
  if (faults.length > 0) throw toModelError(faults);
  return dto;
}

function checkType(value: unknown, odataType: string, faults: ErrorDetail[]): void {
  if (value === odataType || value === odataType.slice(1)) return;
  faults.push(fault('@odata.type', `'@odata.type' must be '${odataType}', or be left out.`));
}

function unknownProperty(name: string): ErrorDetail {
  const shown = shorten(name);
  return fault(shown, `There is no property '${shown}'.`);
}

function fault(target: string, message: string): ErrorDetail {
  return { code: 'ModelValidationFailure', message, target };
}

function toModelError(faults: readonly ErrorDetail[]): GraphError {
  const details = faults.slice(0, MAX_FAULTS);
  const [first] = details;
  const message =
    faults.length === 1
      ? first!.message
      : `The request body has ${String(faults.length)} faults; 'details' lists them.`;
  return new GraphError('ModelValidationFailure', message, { target: first!.target, details });
}

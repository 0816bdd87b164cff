import { validateSync } from 'class-validator';

import { GraphError, shorten, type ErrorDetail } from '../../errors/graph-error.js';
import { isIeee754Compatible } from '../../odata/protocol/media-type.js';
import { readHeader, type ODataRequest } from '../../odata/protocol/odata-request.js';
import type { StoredType } from '../entity-set.js';
import type { EntitySetResource } from '../entity-set.url.js';
import { rulesOf, type DtoClass } from './body-rules.js';

/**
 * The most faults one answer lists. A body can hold thousands of unknown properties; nobody reads
 * so many.
 */
const MAX_FAULTS = 100;

/** Int32 as text (ABNF 4.01, `int32Value`). */
const INTEGER_TEXT = /^[+-]?\d{1,10}$/;

/**
 * A parsed JSON body, as the DTO that the operation asks for: annotations dropped, unknown
 * properties refused, the known ones validated by the DTO's class-validator decorators. Every fault
 * of the body is in the one error thrown.
 *
 * Nest's ValidationPipe would do all but two things: it refuses annotations, and class-transformer,
 * which it builds the DTO with, silently drops properties such as `__proto__`.
 */
export function parseEntityBody<Dto extends object>(
  { body, headers, resource }: ODataRequest<EntitySetResource>,
  Dto: DtoClass<Dto>,
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
  const { type } = resource.collection.set;
  const { properties, isValid } = rulesOf(Dto);
  const dto = new Dto();
  const faults: ErrorDetail[] = [];

  const members = body as Record<string, unknown>;
  for (const name in members) {
    const value = members[name];
    if (name === '@odata.type') checkType(value, type, faults);
    else if (properties.has(name)) (dto as Record<string, unknown>)[name] = value;
    else if (!name.includes('@')) faults.push(unknownProperty(name));
  }
  if (isIeee754Compatible(readHeader(headers, 'content-type'))) readIntegers(dto, type);
  if (!isValid(dto)) {
    for (const { property, constraints } of validateSync(dto, { forbidUnknownValues: false })) {
      faults.push(fault(property, Object.values(constraints ?? {}).join(' ')));
    }
  }
  if (faults.length > 0) throw toModelError(faults);
  return dto;
}

/** A caller that says so writes numbers as texts (JSON Format 4.01, 3.2). */
function readIntegers(dto: object, { properties }: StoredType): void {
  for (const { name, type } of properties) {
    const value: unknown = Reflect.get(dto, name);
    const isText = type === 'integer' && typeof value === 'string' && INTEGER_TEXT.test(value);
    if (isText) Reflect.set(dto, name, Number(value));
  }
}

function checkType(value: unknown, { odataType }: StoredType, faults: ErrorDetail[]): void {
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

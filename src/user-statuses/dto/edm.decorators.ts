/**
 * What a property of a request body must be, for class-validator, and the same in OpenAPI's words, for readers. Nothing is
 * converted: a value fits as it is, or not.
 */
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, type ValidationArguments } from 'class-validator';

import { TIMESTAMP, toInstant } from '../../odata/date-time-offset.js';
import { findProperty, type Enumeration } from '../../odata/edm.js';
import {
  hasAtMostCharacters,
  isEntityKey,
  KEY_PATTERN,
  MAX_KEY_LENGTH,
} from '../../odata/entity-key.js';
import { MAX_TEXT_LENGTH, USER_STATUS } from '../user-status.fields.js';

const MIN_INT32 = -2_147_483_648;
const MAX_INT32 = 2_147_483_647;

const TEXT_PATTERN = String.raw`^[^\u0000]*$`;
const TEXT = new RegExp(TEXT_PATTERN, 'u');

/** One rule whose message names the property and tells an absent one from a wrong one. */
function Must(
  rule: string,
  isGood: (value: unknown) => boolean,
  schema: ApiPropertyOptions,
): PropertyDecorator {
  const validate = ValidateBy({
    name: 'edm',
    validator: {
      validate: isGood,
      defaultMessage: (fault?: ValidationArguments) =>
        fault?.value === undefined
          ? `'${fault?.property ?? ''}' is required: it must be ${rule}.`
          : `'${fault.property}' must be ${rule}.`,
    },
  });
  return (target, name) => {
    validate(target, name);
    const meaning = findProperty(USER_STATUS, String(name))?.description;
    const description = [meaning, schema.description].filter(Boolean).join(' ');
    ApiProperty({ ...schema, description })(target, name);
  };
}

export function IsInt32(): PropertyDecorator {
  return Must(
    `an integer from ${String(MIN_INT32)} to ${String(MAX_INT32)}`,
    (value) => Number.isInteger(value) && Number(value) >= MIN_INT32 && Number(value) <= MAX_INT32,
    { type: 'integer', format: 'int32', minimum: MIN_INT32, maximum: MAX_INT32 },
  );
}

export function IsDateTimeOffset(): PropertyDecorator {
  return Must(
    "a date and time that exist, with a zone and at most 12 fractional digits, such as '2017-01-01T00:00:17.7769392-08:00'",
    (value) => typeof value === 'string' && toInstant(value) !== undefined,
    {
      type: 'string',
      format: 'date-time',
      pattern: TIMESTAMP.source,
      description: 'Comes back as it was sent; the seconds may be left out.',
    },
  );
}

export function IsMemberOf({ name, members }: Enumeration): PropertyDecorator {
  return Must(
    `one of ${members.map((member) => `'${member}'`).join(', ')}`,
    (value) => typeof value === 'string' && members.includes(value),
    { type: 'string', enum: [...members], enumName: name },
  );
}

/** A text that every database keeps as it is: no U+0000 (PostgreSQL refuses it), no lone surrogate (UTF-8 cannot say it). */
export function IsNullableText(): PropertyDecorator {
  return Must(
    `null, or a string of at most ${String(MAX_TEXT_LENGTH)} characters without U+0000 and lone surrogates`,
    (value) =>
      value === null ||
      (typeof value === 'string' &&
        hasAtMostCharacters(value, MAX_TEXT_LENGTH) &&
        TEXT.test(value) &&
        value.isWellFormed()),
    {
      type: 'string',
      nullable: true,
      maxLength: MAX_TEXT_LENGTH,
      pattern: TEXT_PATTERN,
    },
  );
}

/** A key that the caller may leave to the service. */
export function IsOptionalEntityKey(): PropertyDecorator {
  return Must(
    `a string of 1 to ${String(MAX_KEY_LENGTH)} characters without control characters and lone surrogates`,
    (value) => value === undefined || (typeof value === 'string' && isEntityKey(value)),
    {
      type: 'string',
      required: false,
      minLength: 1,
      maxLength: MAX_KEY_LENGTH,
      pattern: KEY_PATTERN,
      description: 'Where it is left out of a create, the service makes one.',
    },
  );
}

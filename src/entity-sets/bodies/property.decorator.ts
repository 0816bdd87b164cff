/**
 * What a property of a request body must be, for class-validator, and the same in OpenAPI's words,
 * for readers. Nothing is converted: a value fits as it is, or not.
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
} from '../../odata/protocol/entity-key.js';
import type { StoredProperty, StoredType } from '../entity-set.js';

const MIN_INT32 = -2_147_483_648;
const MAX_INT32 = 2_147_483_647;

const TEXT_PATTERN = String.raw`^[^\u0000]*$`;
const TEXT = new RegExp(TEXT_PATTERN, 'u');

/** What a value must be, in words, as a test, and in the words of JSON Schema. */
interface Rule {
  words: string;
  isGood: (value: unknown) => boolean;
  schema: ApiPropertyOptions;
}

/**
 * A member of a body that is a property of this type: the rule that its type in the table asks for.
 * The message names the property and tells an absent one from a wrong one. `isNullable` is for
 * where null is taken for something else than a value.
 */
export function PropertyOf(type: StoredType, isNullable?: boolean): PropertyDecorator {
  return (target, name) => {
    const property = findProperty(type, String(name));
    if (property === undefined) {
      throw new Error(`'${String(name)}' of a body is no property of ${type.odataType}`);
    }
    const isKey = property.name === type.key;
    const { words, isGood, schema } = toRule(property, isKey, isNullable ?? property.isNullable);
    const validate = ValidateBy({
      name: 'edm',
      validator: {
        validate: isGood,
        defaultMessage: (fault?: ValidationArguments) =>
          fault?.value === undefined
            ? `'${fault?.property ?? ''}' is required: it must be ${words}.`
            : `'${fault.property}' must be ${words}.`,
      },
    });
    validate(target, name);
    const description = [property.description, schema.description].filter(Boolean).join(' ');
    ApiProperty({ ...schema, description })(target, name);
  };
}

function toRule(property: StoredProperty, isKey: boolean, isNullable: boolean): Rule {
  const rule = isKey ? KEY : toValueRule(property);
  const whole = isNullable ? orNull(rule) : rule;
  return property.defaultValue === undefined ? whole : orAbsent(whole, property.defaultValue);
}

function toValueRule(property: StoredProperty): Rule {
  switch (property.type) {
    case 'integer':
      return INT32;
    case 'dateTimeOffset':
      return DATE_TIME_OFFSET;
    case 'string':
      return toTextRule(property.maxLength);
    default:
      return toMemberRule(property.type);
  }
}

function orNull({ words, isGood, schema }: Rule): Rule {
  return {
    words: `null, or ${words}`,
    isGood: (value) => value === null || isGood(value),
    schema: { ...schema, nullable: true },
  };
}

/** The default is told in words: from a schema's, some clients would send it with an update. */
function orAbsent({ words, isGood, schema }: Rule, value: string | number | null): Rule {
  const remark = `Where a create leaves it out, it is ${JSON.stringify(value)}.`;
  const description = [schema.description, remark].filter(Boolean).join(' ');
  return {
    words,
    isGood: (given) => given === undefined || isGood(given),
    schema: { ...schema, required: false, description } as ApiPropertyOptions,
  };
}

const INT32: Rule = {
  words: `an integer from ${String(MIN_INT32)} to ${String(MAX_INT32)}`,
  isGood: (value) =>
    Number.isInteger(value) && Number(value) >= MIN_INT32 && Number(value) <= MAX_INT32,
  schema: { type: 'integer', format: 'int32', minimum: MIN_INT32, maximum: MAX_INT32 },
};

const DATE_TIME_OFFSET: Rule = {
  words:
    'a date and time that exist, with a zone and at most 12 fractional digits, ' +
    "such as '2017-01-01T00:00:17.7769392-08:00'",
  isGood: (value) => typeof value === 'string' && toInstant(value) !== undefined,
  schema: {
    type: 'string',
    // No `format: date-time`: readers of it refuse what has no seconds, or many digits.
    pattern: TIMESTAMP.source,
    description: 'Comes back as it was sent; the seconds may be left out.',
  },
};

function toMemberRule({ name, members }: Enumeration): Rule {
  return {
    words: `one of ${members.map((member) => `'${member}'`).join(', ')}`,
    isGood: (value) => typeof value === 'string' && members.includes(value),
    schema: { type: 'string', enum: [...members], enumName: name },
  };
}

/**
 * A text that every database keeps as it is: no U+0000 (PostgreSQL refuses it), no lone surrogate
 * (UTF-8 cannot say it).
 */
function toTextRule(maxLength: number): Rule {
  return {
    words:
      `a string of at most ${String(maxLength)} characters ` + 'without U+0000 and lone surrogates',
    isGood: (value) =>
      typeof value === 'string' &&
      hasAtMostCharacters(value, maxLength) &&
      TEXT.test(value) &&
      value.isWellFormed(),
    schema: { type: 'string', maxLength, pattern: TEXT_PATTERN },
  };
}

/** The caller may leave the key to the service. */
const KEY: Rule = {
  words:
    `a string of 1 to ${String(MAX_KEY_LENGTH)} characters ` +
    'without control characters and lone surrogates',
  isGood: (value) => value === undefined || (typeof value === 'string' && isEntityKey(value)),
  schema: {
    type: 'string',
    required: false,
    minLength: 1,
    maxLength: MAX_KEY_LENGTH,
    pattern: KEY_PATTERN,
    description: 'Where a create leaves it out, the service makes one.',
  },
};

/** The system query options in OpenAPI's words, with the limits that their parsers hold them to. */
import { applyDecorators } from '@nestjs/common';
import { ApiQuery, type SchemaObject } from '@nestjs/swagger';

import type { EntityType } from '../odata/edm.js';
import { MAX_EXPRESSION_LENGTH } from '../odata/expressions/lexer.js';
import { DEFAULT_PAGE_SIZE, MAX_TOP } from '../odata/protocol/paging.js';
import type { SystemOption } from '../odata/protocol/query-options.js';
import { MAX_SEARCH_LENGTH } from '../odata/expressions/search-parser.js';

/** Values that do for entities of a type, and for all of them together. */
export type OptionExamples = Partial<Record<SystemOption, string>>;

/** Declares the options that an operation on entities of this type accepts. */
export function AcceptsOptions(
  options: readonly SystemOption[],
  entityType: Pick<EntityType, 'properties'> = { properties: [] },
  examples: OptionExamples = {},
): MethodDecorator {
  return applyDecorators(
    ...options.map((option) => {
      const { description, schema } = describeOption(option, entityType);
      const { [option]: example = schema.example as unknown } = examples;
      return ApiQuery({
        name: `$${option}`,
        required: false,
        description,
        schema: example === undefined ? schema : { ...schema, example },
      });
    }),
  );
}

interface OptionDescription {
  description: string;
  schema: SchemaObject;
}

function describeOption(
  option: SystemOption,
  { properties }: Pick<EntityType, 'properties'>,
): OptionDescription {
  const names = properties.map(({ name }) => name);
  switch (option) {
    case 'apply':
      return {
        description:
          'What is made of the entities before all other options: `groupby((…),aggregate(…))`, ' +
          '`aggregate(…)` and `filter(…)`, one behind the other with `/` between.',
        schema: { type: 'string', maxLength: MAX_EXPRESSION_LENGTH },
      };
    case 'filter':
      return {
        description:
          'Which entities count, as a Boolean expression of OData: comparisons, `and`, `or`, ' +
          '`not`, `in`, arithmetic, functions.',
        schema: { type: 'string', maxLength: MAX_EXPRESSION_LENGTH },
      };
    case 'search': {
      const searched = properties
        .filter(({ isSearchable }) => isSearchable)
        .map(({ name }) => `\`${name}\``);
      return {
        description:
          `Words and "phrases" to find in ${searched.join(' and ')}, joined by ` +
          '`AND`, `OR` and `NOT`, in any case of letters.',
        schema: { type: 'string', maxLength: MAX_SEARCH_LENGTH },
      };
    }
    case 'orderby':
      return {
        description:
          'What to sort by: properties or expressions, each with `asc` or `desc` behind it; ' +
          'nulls are lowest. The key is always last.',
        schema: { type: 'string', maxLength: MAX_EXPRESSION_LENGTH },
      };
    case 'select':
      return {
        description:
          'The properties to answer with, separated by commas, or `*`; all of them where it is ' +
          `left out: ${names.map((name) => `\`${name}\``).join(', ')}.`,
        schema: { type: 'string', example: names.slice(0, 2).join(',') },
      };
    case 'top':
      return {
        description:
          `The most entities on a page, ${String(MAX_TOP)} where it is greater. Where more are ` +
          'behind, the page has an `@odata.nextLink`; 0 asks for none.',
        schema: { type: 'integer', minimum: 0, default: DEFAULT_PAGE_SIZE, example: 50 },
      };
    case 'skip':
      return {
        description: 'How many entities to leave out before the first page.',
        schema: { type: 'integer', minimum: 0, default: 0, example: 0 },
      };
    case 'count':
      return {
        description: 'Whether to answer with `@odata.count`, the number of entities on all pages.',
        schema: { type: 'boolean', default: false, example: true },
      };
    case 'skiptoken':
      return {
        description:
          'Where a page begins. Comes in an `@odata.nextLink`, which is followed as it is.',
        schema: { type: 'string' },
      };
    case 'format':
      return {
        description:
          'The representation, in place of `Accept`: `json`, or ' +
          '`application/json;odata.metadata=` with `none`, `minimal` or `full`.',
        schema: { type: 'string', default: 'json', example: 'json' },
      };
  }
}

/**
 * The bodies of answers, in OpenAPI's words. Values have the same limits as in requests: they come
 * back as they were sent.
 */
import {
  ApiProperty,
  ApiSchema,
  IntersectionType,
  OmitType,
  PartialType,
  type ApiPropertyOptions,
} from '@nestjs/swagger';

import { TIMESTAMP } from '../../odata/date-time-offset.js';
import type { EntitySet } from '../entity-set.js';

type Schema = new () => object;

export interface EntitySchemas {
  entity: Schema;
  page: Schema;
  property: Schema;
  overview: Schema;
}

/** The body of a replacement has the properties of an entity. */
type WholeDto = new () => object & { '@odata.type'?: string };

export function toEntitySchemas(set: EntitySet, Whole: WholeDto): EntitySchemas {
  const entity = toEntitySchema(set, Whole);
  return {
    entity,
    page: toPageSchema(set, entity),
    property: toPropertySchema(set),
    overview: toOverviewSchema(set),
  };
}

function toEntitySchema({ type, singular }: EntitySet, Whole: WholeDto): Schema {
  const Control = toSchema({
    '@odata.type': optional('The type.', { enum: [type.odataType] }),
    '@odata.etag': optional('The entity tag, as in `ETag`.'),
    '@odata.id': optional(
      'The id of the entity; with full metadata, and where the key is not selected. Null for ' +
        'what `$apply` makes, which has members of its own names besides.',
      { nullable: true },
    ),
    '@odata.editLink': optional('Where to change the entity; with full metadata.'),
    ...Object.fromEntries(
      type.properties.flatMap(({ name, jsonType }) =>
        jsonType === undefined
          ? []
          : [
              [
                `${name}@odata.type`,
                optional('The type of the property; with full metadata.', { enum: [jsonType] }),
              ],
            ],
      ),
    ),
  });
  const Properties = PartialType(OmitType(Whole, ['@odata.type']));
  return named(
    type.odataType.slice(1),
    `A ${singular}. All properties are there unless \`$select\` asks for some; ` +
      '`@odata.context` is where it is the whole answer.',
    class extends IntersectionType(Control, Properties) {},
  );
}

function toPageSchema({ entityName, plural }: EntitySet, entity: Schema): Schema {
  const Page = toSchema({
    '@odata.count': {
      type: 'integer',
      minimum: 0,
      required: false,
      description: 'The number of entities on all pages, where `$count=true` asks for it.',
    },
    value: { type: [entity] },
    '@odata.nextLink': optional('The address of the next page; absent on the last.', {
      format: 'uri',
    }),
  });
  return named(`${entityName}Page`, `A page of ${plural}.`, Page);
}

function toPropertySchema({ entityName, singular }: EntitySet): Schema {
  const Property = toSchema({
    value: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
  });
  return named(`${entityName}Property`, `One property of a ${singular}.`, Property);
}

function toOverviewSchema({ overview, plural }: EntitySet): Schema {
  const counts = Object.entries(overview.counts).map(([name, members]) => [
    name,
    {
      type: 'integer',
      format: 'int32',
      minimum: 0,
      description: `How many are ${members.map((member) => `\`${member}\``).join(' or ')}.`,
    },
  ]);
  const Overview = toSchema({
    '@odata.type': optional('The type.', { enum: [overview.odataType] }),
    id: { type: 'string', description: 'The id of the device configuration.' },
    ...(Object.fromEntries(counts) as Record<string, ApiPropertyOptions>),
    lastUpdateDateTime: {
      type: 'string',
      pattern: TIMESTAMP.source,
      description:
        `The latest \`${overview.latestBy}\`; \`0001-01-01T00:00:00Z\` where ` + 'there is none.',
    },
    configurationVersion: { type: 'integer', format: 'int32', description: 'Always 0.' },
  });
  return named(
    overview.odataType.slice(1),
    `How many ${plural} of a collection are what.`,
    Overview,
  );
}

/** A member that is there, or not, as the metadata level and the query options ask for it. */
function optional(
  description: string,
  schema: { format?: string; enum?: string[]; nullable?: boolean } = {},
): ApiPropertyOptions {
  return { type: 'string', required: false, description, ...schema };
}

class Answer {
  @ApiProperty(optional('Where the metadata describe what this is.', { format: 'uri' }))
  '@odata.context'?: string;
}

/** An answer with these members behind its context. */
function toSchema(members: Record<string, ApiPropertyOptions>): Schema {
  class Made extends Answer {}
  for (const [name, options] of Object.entries(members)) {
    // As the compiler does for a property in a class.
    Reflect.defineMetadata('design:type', Object, Made.prototype, name);
    ApiProperty(options)(Made.prototype, name);
  }
  return Made;
}

function named(name: string, description: string, schema: Schema): Schema {
  ApiSchema({ name, description })(schema);
  return schema;
}

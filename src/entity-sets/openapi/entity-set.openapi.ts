/**
 * What the OpenAPI document says of each operation, beside what its route and its access say
 * already.
 */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';

import { ACCEPTED_OPTIONS } from '../wire/entity-request.js';
import type { EntityType } from '../../odata/edm.js';
import { KEY_PATTERN, MAX_KEY_LENGTH } from '../../odata/protocol/entity-key.js';
import type { SystemOption } from '../../odata/protocol/query-options.js';
import { FailsWith } from '../../openapi/error-responses.js';
import { AcceptsOptions, type OptionExamples } from '../../openapi/query-options.js';
import { Prefers, TakesConditions } from '../../openapi/request-headers.js';
import { describeHeaders } from '../../openapi/response-headers.js';
import { NotModified } from '../../openapi/responses.js';
import type { EntitySchemas } from './entity-schemas.js';
import type { EntitySet } from '../entity-set.js';
import { overviewTypeOf } from '../overview-type.js';

const MINIMAL = 'return=minimal';
const WHOLE = 'return=representation';

type BodyExamples = Readonly<Record<string, { summary: string; value: object }>>;

/**
 * What to send as it stands, one by one and all together, and what is answered where the first body
 * is all there is.
 */
export interface EntityExamples {
  keys: { deviceConfiguration: string; entity: string };
  /** Names of properties. */
  properties: { entity: string; overview: string };
  options: { entity: OptionExamples; overview: OptionExamples };
  bodies: { create: BodyExamples; update: BodyExamples };
  answers: Record<'entity' | 'page' | 'property' | 'overview' | 'overviewProperty', object>;
}

/** What an entity set's operations take and answer. */
export interface EntityModels {
  bodies: Record<'create' | 'replace' | 'update', new () => object>;
  schemas: EntitySchemas;
  examples: EntityExamples;
}

/** Decorators that describe the operations of one entity set. */
export class EntitySetDescription {
  constructor(
    private readonly set: EntitySet,
    private readonly models: EntityModels,
  ) {}

  /** What every operation of a controller has: the device configuration in its path. */
  controller(): ClassDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiTags(set.name),
      Key(
        'deviceConfigurationId',
        'The key of the device configuration, which need not exist.',
        models.examples.keys.deviceConfiguration,
      ),
    );
  }

  create(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({
        summary: `Create a ${set.singular}`,
        description: `Answers when the ${set.singular} is committed and synced to the disk.`,
      }),
      TakesBody(models.bodies.create, models.examples.bodies.create),
      this.options(ACCEPTED_OPTIONS.entity),
      Prefers(WHOLE, MINIMAL),
      ApiCreatedResponse({
        description: 'Created, and the entity.',
        type: models.schemas.entity,
        example: models.examples.answers.entity,
        headers: describeHeaders('Location', 'ETag', 'Preference-Applied'),
      }),
      Minimal('Created'),
      FailsWith('ModelValidationFailure', 'NotAcceptable', 'Conflict', 'InsufficientStorage'),
    );
  }

  list(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({
        summary: `List ${set.plural}`,
        description: 'Page by page; each `@odata.nextLink` leads to the next.',
      }),
      this.options(ACCEPTED_OPTIONS.list),
      Prefers('odata.maxpagesize=<n>'),
      ApiOkResponse({
        description: 'A page.',
        type: models.schemas.page,
        example: models.examples.answers.page,
        headers: describeHeaders('Preference-Applied'),
      }),
      FailsWith('NotAcceptable', 'Gone'),
    );
  }

  count(): MethodDecorator {
    const { set } = this;
    return applyDecorators(
      ApiOperation({
        summary: `Count ${set.plural}`,
        description:
          'Of the whole collection, or of what the options leave of it; in text, whatever ' +
          '`Accept` and `$format` say.',
      }),
      this.options(ACCEPTED_OPTIONS.count),
      ApiOkResponse({
        description: 'The number.',
        content: { 'text/plain': { schema: { type: 'integer', minimum: 0 } } },
      }),
    );
  }

  get(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({
        summary: `Get a ${set.singular}`,
        description: 'As it was sent, to the letter.',
      }),
      this.id(),
      this.options(ACCEPTED_OPTIONS.entity),
      ApiOkResponse({
        description: 'The entity.',
        type: models.schemas.entity,
        example: models.examples.answers.entity,
        headers: describeHeaders('ETag'),
      }),
      Conditional(),
      FailsWith('ResourceNotFound', 'NotAcceptable'),
    );
  }

  update(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({
        summary: `Update a ${set.singular}, or create it`,
        description:
          'Changes the members that the body has. With `Prefer: create-if-missing`, what is ' +
          'missing is created; then the rules of a create hold.',
      }),
      this.stores(models.bodies.update, models.examples.bodies.update, 'Updated'),
    );
  }

  replace(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({
        summary: `Replace a ${set.singular}, or create it`,
        description:
          'The body has all members, as in a create. With `Prefer: create-if-missing`, what is ' +
          'missing is created.',
      }),
      this.stores(models.bodies.replace, models.examples.bodies.create, 'Replaced'),
    );
  }

  /** What a write to an entity's address takes and answers. */
  private stores(Body: new () => object, examples: BodyExamples, done: string): MethodDecorator {
    const { models } = this;
    return applyDecorators(
      this.id(),
      TakesBody(Body, examples),
      this.options(ACCEPTED_OPTIONS.entity),
      Prefers(WHOLE, MINIMAL, 'create-if-missing'),
      TakesConditions('If-Match', 'If-None-Match'),
      ApiOkResponse({
        description: `${done}, and the whole entity.`,
        type: models.schemas.entity,
        example: models.examples.answers.entity,
        headers: describeHeaders('ETag', 'Preference-Applied'),
      }),
      ApiCreatedResponse({
        description: 'Created, and the entity.',
        type: models.schemas.entity,
        example: models.examples.answers.entity,
        headers: describeHeaders('Location', 'ETag', 'Preference-Applied'),
      }),
      Minimal(`${done} or created`),
      FailsWith(
        'ModelValidationFailure',
        'ResourceNotFound',
        'NotAcceptable',
        'InsufficientStorage',
      ),
    );
  }

  delete(): MethodDecorator {
    const { set } = this;
    return applyDecorators(
      ApiOperation({
        summary: `Delete a ${set.singular}`,
        description: 'Answers when that is committed and synced to the disk.',
      }),
      this.id(),
      TakesConditions('If-Match', 'If-None-Match'),
      ApiNoContentResponse({ description: 'Deleted.' }),
      FailsWith('ResourceNotFound', 'InsufficientStorage'),
    );
  }

  property(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({ summary: 'Get one property', description: 'In JSON, as `value`.' }),
      this.id(),
      PropertyName(set.type, models.examples.properties.entity),
      this.options(ACCEPTED_OPTIONS.whole),
      ApiOkResponse({
        description: 'The property.',
        type: models.schemas.property,
        example: models.examples.answers.property,
        headers: describeHeaders('ETag'),
      }),
      IsNull(),
      Conditional(),
      FailsWith('ResourceNotFound', 'NotAcceptable'),
    );
  }

  value(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({ summary: 'Get the bare value of one property', description: 'As text.' }),
      this.id(),
      PropertyName(set.type, models.examples.properties.entity),
      ApiOkResponse({
        description: 'The value.',
        content: { 'text/plain': { schema: { type: 'string' } } },
        headers: describeHeaders('ETag'),
      }),
      IsNull(),
      Conditional(),
      FailsWith('ResourceNotFound', 'NotAcceptable'),
    );
  }

  overview(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({
        summary: `Get the overview of ${set.plural}`,
        description: 'Counted from the collection beside it; all zeros where that is empty.',
      }),
      AcceptsOptions(
        ACCEPTED_OPTIONS.entity,
        overviewTypeOf(set),
        models.examples.options.overview,
      ),
      ApiOkResponse({
        description: 'The overview.',
        type: models.schemas.overview,
        example: models.examples.answers.overview,
      }),
      FailsWith('NotAcceptable'),
    );
  }

  overviewProperty(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({ summary: 'Get one property of the overview', description: 'As `value`.' }),
      PropertyName(overviewTypeOf(set), models.examples.properties.overview),
      AcceptsOptions(ACCEPTED_OPTIONS.whole),
      ApiOkResponse({
        description: 'The property.',
        type: models.schemas.property,
        example: models.examples.answers.overviewProperty,
      }),
      FailsWith('ResourceNotFound', 'NotAcceptable'),
    );
  }

  overviewValue(): MethodDecorator {
    const { set, models } = this;
    return applyDecorators(
      ApiOperation({
        summary: 'Get the bare value of one property of the overview',
        description: 'As text.',
      }),
      PropertyName(overviewTypeOf(set), models.examples.properties.overview),
      ApiOkResponse({
        description: 'The value.',
        content: { 'text/plain': { schema: { type: 'string' } } },
      }),
      FailsWith('ResourceNotFound', 'NotAcceptable'),
    );
  }

  private id(): MethodDecorator {
    const { set, models } = this;
    const description = `The key of the ${set.singular}. Keys are case-sensitive.`;
    return Key('id', description, models.examples.keys.entity);
  }

  private options(accepted: readonly SystemOption[]): MethodDecorator {
    const { set, models } = this;
    return AcceptsOptions(accepted, set.type, models.examples.options.entity);
  }
}

function Key(name: string, description: string, example: string): MethodDecorator & ClassDecorator {
  const schema = {
    type: 'string',
    minLength: 1,
    maxLength: MAX_KEY_LENGTH,
    pattern: KEY_PATTERN,
    example,
  };
  return ApiParam({ name, description, schema });
}

function PropertyName(
  { properties }: Pick<EntityType, 'properties'>,
  example: string,
): MethodDecorator {
  return ApiParam({
    name: 'property',
    description: 'The name of the property.',
    schema: { type: 'string', enum: properties.map(({ name }) => name), example },
  });
}

function TakesBody(Dto: new () => object, examples: BodyExamples): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(Dto),
    ApiBody({
      required: true,
      schema: { $ref: getSchemaPath(Dto) },
      examples,
    }),
  );
}

function Minimal(done: string): MethodDecorator {
  return ApiNoContentResponse({
    description: `${done}, and \`${MINIMAL}\` asked for no body.`,
    headers: describeHeaders('Location', 'OData-EntityId', 'ETag', 'Preference-Applied'),
  });
}

function IsNull(): MethodDecorator {
  return ApiNoContentResponse({
    description: 'The property is null.',
    headers: describeHeaders('ETag'),
  });
}

function Conditional(): MethodDecorator {
  return applyDecorators(TakesConditions('If-Match'), NotModified());
}

/** What the OpenAPI document says of each operation, beside what its route and its access say already. */
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

import { ACCEPTED_OPTIONS } from '../entity-sets/entity-request.js';
import { KEY_PATTERN, MAX_KEY_LENGTH } from '../odata/entity-key.js';
import { FailsWith } from '../openapi/error-responses.js';
import { AcceptsOptions } from '../openapi/query-options.js';
import { Prefers, TakesConditions } from '../openapi/request-headers.js';
import { toHeaders } from '../openapi/response-headers.js';
import { NotModified } from '../openapi/responses.js';
import { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { UpdateUserStatusDto } from './dto/update-user-status.dto.js';
import { ENTITY_EXAMPLE, PAGE_EXAMPLE, PUBLISHED_EXAMPLE } from './user-statuses.examples.js';
import { USER_STATUS } from './user-statuses.set.js';
import {
  UserStatusOverviewSchema,
  UserStatusPageSchema,
  UserStatusPropertySchema,
  UserStatusSchema,
} from './user-statuses.schemas.js';

const MINIMAL = 'return=minimal';
const WHOLE = 'return=representation';

/** What every operation of a controller has: the device configuration in its path. */
export function DescribesUserStatuses(): ClassDecorator {
  return applyDecorators(
    ApiTags('userStatuses'),
    Key('deviceConfigurationId', 'The key of the device configuration, which need not exist.'),
  );
}

export function DescribesCreate(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Create a user status',
      description: 'Answers when the status is committed and synced to the disk.',
    }),
    TakesBody(CreateUserStatusDto),
    AcceptsOptions(ACCEPTED_OPTIONS.entity, USER_STATUS),
    Prefers(MINIMAL, WHOLE),
    ApiCreatedResponse({
      description: 'Created, and the entity.',
      type: UserStatusSchema,
      example: ENTITY_EXAMPLE,
      headers: toHeaders('Location', 'ETag', 'Preference-Applied'),
    }),
    Minimal('Created'),
    FailsWith('ModelValidationFailure', 'NotAcceptable', 'Conflict', 'InsufficientStorage'),
  );
}

export function DescribesList(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'List user statuses',
      description: 'Page by page; each `@odata.nextLink` leads to the next.',
    }),
    AcceptsOptions(ACCEPTED_OPTIONS.list, USER_STATUS),
    Prefers('odata.maxpagesize=<n>'),
    ApiOkResponse({
      description: 'A page.',
      type: UserStatusPageSchema,
      example: PAGE_EXAMPLE,
      headers: toHeaders('Preference-Applied'),
    }),
    FailsWith('NotAcceptable', 'Gone'),
  );
}

export function DescribesCount(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Count user statuses',
      description: 'Of the whole collection, or of what the options leave of it.',
    }),
    AcceptsOptions(ACCEPTED_OPTIONS.count, USER_STATUS),
    ApiOkResponse({
      description: 'The number.',
      content: { 'text/plain': { schema: { type: 'integer', minimum: 0 } } },
    }),
  );
}

export function DescribesGet(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Get a user status', description: 'As it was sent, to the letter.' }),
    Id(),
    AcceptsOptions(ACCEPTED_OPTIONS.entity, USER_STATUS),
    ApiOkResponse({
      description: 'The entity.',
      type: UserStatusSchema,
      example: ENTITY_EXAMPLE,
      headers: toHeaders('ETag'),
    }),
    Conditional(),
    FailsWith('ResourceNotFound', 'NotAcceptable'),
  );
}

export function DescribesUpdate(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Update a user status, or create it',
      description:
        'Changes the members that the body has. With `Prefer: create-if-missing`, what is missing is created; then the rules of a create hold.',
    }),
    Id(),
    TakesBody(UpdateUserStatusDto),
    AcceptsOptions(ACCEPTED_OPTIONS.entity, USER_STATUS),
    Prefers(MINIMAL, WHOLE, 'create-if-missing'),
    TakesConditions('If-Match', 'If-None-Match'),
    ApiOkResponse({
      description: 'Updated, and the whole entity.',
      type: UserStatusSchema,
      example: ENTITY_EXAMPLE,
      headers: toHeaders('ETag', 'Preference-Applied'),
    }),
    ApiCreatedResponse({
      description: 'Created, and the entity.',
      type: UserStatusSchema,
      example: ENTITY_EXAMPLE,
      headers: toHeaders('Location', 'ETag', 'Preference-Applied'),
    }),
    Minimal('Updated or created'),
    FailsWith('ModelValidationFailure', 'ResourceNotFound', 'NotAcceptable', 'InsufficientStorage'),
  );
}

export function DescribesDelete(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Delete a user status',
      description: 'Answers when that is committed and synced to the disk.',
    }),
    Id(),
    TakesConditions('If-Match', 'If-None-Match'),
    ApiNoContentResponse({ description: 'Deleted.' }),
    FailsWith('ResourceNotFound', 'InsufficientStorage'),
  );
}

export function DescribesProperty(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Get one property', description: 'In JSON, as `value`.' }),
    Id(),
    PropertyName(),
    AcceptsOptions(ACCEPTED_OPTIONS.whole, USER_STATUS),
    ApiOkResponse({
      description: 'The property.',
      type: UserStatusPropertySchema,
      headers: toHeaders('ETag'),
    }),
    IsNull(),
    Conditional(),
    FailsWith('ResourceNotFound', 'NotAcceptable'),
  );
}

export function DescribesValue(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Get the bare value of one property', description: 'As text.' }),
    Id(),
    PropertyName(),
    ApiOkResponse({
      description: 'The value.',
      content: { 'text/plain': { schema: { type: 'string' } } },
      headers: toHeaders('ETag'),
    }),
    IsNull(),
    Conditional(),
    FailsWith('ResourceNotFound', 'NotAcceptable'),
  );
}

export function DescribesOverview(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Get the overview of user statuses',
      description: 'Counted from the collection beside it; all zeros where that is empty.',
    }),
    AcceptsOptions(ACCEPTED_OPTIONS.whole, USER_STATUS),
    ApiOkResponse({ description: 'The overview.', type: UserStatusOverviewSchema }),
    FailsWith('NotAcceptable'),
  );
}

function Key(name: string, description: string): MethodDecorator & ClassDecorator {
  const schema = {
    type: 'string',
    minLength: 1,
    maxLength: MAX_KEY_LENGTH,
    pattern: KEY_PATTERN,
  };
  return ApiParam({ name, description, schema });
}

function Id(): MethodDecorator {
  return Key('id', 'The key of the user status. Keys are case-sensitive.');
}

function PropertyName(): MethodDecorator {
  return ApiParam({
    name: 'property',
    description: 'The name of the property.',
    schema: { type: 'string', enum: USER_STATUS.properties.map(({ name }) => name) },
  });
}

function TakesBody(Dto: new () => object): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(Dto),
    ApiBody({
      required: true,
      schema: { $ref: getSchemaPath(Dto) },
      examples: { published: { summary: "Graph's own example", value: PUBLISHED_EXAMPLE } },
    }),
  );
}

function Minimal(done: string): MethodDecorator {
  return ApiNoContentResponse({
    description: `${done}, and \`${MINIMAL}\` asked for no body.`,
    headers: toHeaders('Location', 'OData-EntityId', 'ETag', 'Preference-Applied'),
  });
}

function IsNull(): MethodDecorator {
  return ApiNoContentResponse({
    description: 'The property is null.',
    headers: toHeaders('ETag'),
  });
}

function Conditional(): MethodDecorator {
  return applyDecorators(TakesConditions('If-Match'), NotModified());
}

/** The bodies of answers, in OpenAPI's words. Values have the same limits as in requests: they come back as they were sent. */
import { ApiProperty, ApiSchema, IntersectionType, OmitType, PartialType } from '@nestjs/swagger';

import { findProperty } from '../odata/edm.js';
import { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { OVERVIEW_COUNTS, USER_STATUS, USER_STATUSES } from './user-statuses.set.js';

const { odataType } = USER_STATUS;
const OVERVIEW_TYPE = USER_STATUSES.overview.odataType;

/** A member that is there, or not, as the metadata level and the query options ask for it. */
function Optional(
  description: string,
  schema: { format?: string; enum?: string[] } = {},
): PropertyDecorator {
  return ApiProperty({ type: 'string', required: false, description, ...schema });
}

function toJsonType(name: string): string {
  return findProperty(USER_STATUS, name)!.jsonType!;
}

class Context {
  @Optional('Where the metadata describe what this is.', { format: 'uri' })
  '@odata.context'?: string;
}

class EntityControlInformation extends Context {
  @Optional('The type.', { enum: [odataType] })
  '@odata.type'?: string;

  @Optional('The entity tag, as in `ETag`.')
  '@odata.etag'?: string;

  @Optional('The id of the entity; with full metadata, and where the key is not selected.')
  '@odata.id'?: string;

  @Optional('Where to change the entity; with full metadata.')
  '@odata.editLink'?: string;

  @Optional('The type of the property; with full metadata.', {
    enum: [toJsonType('lastReportedDateTime')],
  })
  'lastReportedDateTime@odata.type'?: string;

  @Optional('The type of the property; with full metadata.', { enum: [toJsonType('status')] })
  'status@odata.type'?: string;
}

@ApiSchema({
  name: odataType.slice(1),
  description:
    'A user status. All properties are there unless `$select` asks for some; `@odata.context` is where it is the whole answer.',
})
export class UserStatusSchema extends IntersectionType(
  EntityControlInformation,
  PartialType(OmitType(CreateUserStatusDto, ['@odata.type'])),
) {}

@ApiSchema({ name: 'userStatusPage', description: 'A page of user statuses.' })
export class UserStatusPageSchema extends Context {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    required: false,
    description: 'The number of entities on all pages, where `$count=true` asks for it.',
  })
  '@odata.count'?: number;

  @ApiProperty({ type: [UserStatusSchema] })
  value!: UserStatusSchema[];

  @Optional('The address of the next page; absent on the last.', { format: 'uri' })
  '@odata.nextLink'?: string;
}

@ApiSchema({ name: 'userStatusProperty', description: 'One property of a user status.' })
export class UserStatusPropertySchema extends Context {
  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'integer' }] })
  value!: string | number;
}

/** The statuses that a count of the overview takes together. */
function Counts(name: keyof typeof OVERVIEW_COUNTS): PropertyDecorator {
  return ApiProperty({
    type: 'integer',
    format: 'int32',
    minimum: 0,
    description: `How many are ${OVERVIEW_COUNTS[name].map((status) => `\`${status}\``).join(' or ')}.`,
  });
}

@ApiSchema({
  name: OVERVIEW_TYPE.slice(1),
  description: 'How many user statuses of a collection are what.',
})
export class UserStatusOverviewSchema extends Context {
  @Optional('The type.', { enum: [OVERVIEW_TYPE] })
  '@odata.type'?: string;

  @ApiProperty({ type: 'string', description: 'The id of the device configuration.' })
  id!: string;

  @Counts('pendingCount')
  pendingCount!: number;

  @Counts('notApplicableCount')
  notApplicableCount!: number;

  @Counts('successCount')
  successCount!: number;

  @Counts('errorCount')
  errorCount!: number;

  @Counts('failedCount')
  failedCount!: number;

  @Counts('conflictCount')
  conflictCount!: number;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    description: 'The latest `lastReportedDateTime`; `0001-01-01T00:00:00Z` where there is none.',
  })
  lastUpdateDateTime!: string;

  @ApiProperty({ type: 'integer', format: 'int32', description: 'Always 0.' })
  configurationVersion!: number;
}

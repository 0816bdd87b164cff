import { ApiProperty, ApiSchema } from '@nestjs/swagger';

import { ENTITY_BODY } from '../../entity-sets/bodies/body-schema.js';
import { PropertyOf } from '../../entity-sets/bodies/property.decorator.js';
import type { BodyOf } from '../../entity-sets/entity-shapes.js';
import type { ComplianceStatus } from '../model/compliance-status.js';
import { USER_STATUS } from '../model/user-statuses.set.js';

const { odataType } = USER_STATUS;

/** The body of a create (contract, section 1). */
@ApiSchema({ name: 'createUserStatus', description: 'A user status to create.', ...ENTITY_BODY })
export class CreateUserStatusDto implements BodyOf<typeof USER_STATUS> {
  /** An annotation, and so `parseEntityBody` looks at it, and no rule here. */
  @ApiProperty({
    type: 'string',
    required: false,
    enum: [odataType, odataType.slice(1)],
    description: 'The type. No other is taken.',
  })
  '@odata.type'?: string;

  /** Some clients send null to have one made. */
  @PropertyOf(USER_STATUS, true)
  id?: string | null;

  @PropertyOf(USER_STATUS)
  devicesCount!: number;

  @PropertyOf(USER_STATUS)
  lastReportedDateTime!: string;

  @PropertyOf(USER_STATUS)
  status!: ComplianceStatus;

  @PropertyOf(USER_STATUS)
  userDisplayName!: string | null;

  @PropertyOf(USER_STATUS)
  userPrincipalName!: string | null;
}

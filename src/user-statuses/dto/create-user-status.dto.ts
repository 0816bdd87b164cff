import { ApiProperty, ApiSchema } from '@nestjs/swagger';

import type { ComplianceStatus } from '../compliance-status.js';
import { COMPLIANCE_STATUS } from '../user-status.fields.js';
import { ODATA_TYPE } from '../user-status.resource.js';
import { ENTITY_BODY } from './body-schema.js';
import {
  IsDateTimeOffset,
  IsInt32,
  IsMemberOf,
  IsNullableText,
  IsOptionalEntityKey,
} from './edm.decorators.js';

/** The body of a create (contract, section 1). */
@ApiSchema({ name: 'createUserStatus', description: 'A user status to create.', ...ENTITY_BODY })
export class CreateUserStatusDto {
  /** An annotation, and so `parseEntityBody` looks at it, and no rule here. */
  @ApiProperty({
    type: 'string',
    required: false,
    enum: [ODATA_TYPE, ODATA_TYPE.slice(1)],
    description: 'The type. No other is taken.',
  })
  '@odata.type'?: string;

  @IsOptionalEntityKey()
  id?: string;

  @IsInt32()
  devicesCount!: number;

  @IsDateTimeOffset()
  lastReportedDateTime!: string;

  @IsMemberOf(COMPLIANCE_STATUS)
  status!: ComplianceStatus;

  @IsNullableText()
  userDisplayName!: string | null;

  @IsNullableText()
  userPrincipalName!: string | null;
}

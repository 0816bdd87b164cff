import { COMPLIANCE_STATUSES, type ComplianceStatus } from '../compliance-status.js';
import {
  IsDateTimeOffset,
  IsInt32,
  IsMemberOf,
  IsNullableText,
  IsOptionalEntityKey,
} from './edm.decorators.js';

/** The body of a create (contract, section 1). */
export class CreateUserStatusDto {
  @IsOptionalEntityKey()
  id?: string;

  @IsInt32()
  devicesCount!: number;

  @IsDateTimeOffset()
  lastReportedDateTime!: string;

  @IsMemberOf(COMPLIANCE_STATUSES)
  status!: ComplianceStatus;

  @IsNullableText()
  userDisplayName!: string | null;

  @IsNullableText()
  userPrincipalName!: string | null;
}

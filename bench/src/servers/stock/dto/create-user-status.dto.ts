import { Type } from 'class-transformer';
import { IsDate, IsIn, IsInt, IsString, Max, MaxLength, Min, ValidateIf } from 'class-validator';

import { COMPLIANCE_STATUSES } from '../../../compliance-statuses.js';

export class CreateUserStatusDto {
  @IsInt()
  @Min(-2147483648)
  @Max(2147483647)
  devicesCount!: number;

  @Type(() => Date)
  @IsDate()
  lastReportedDateTime!: Date;

  @IsIn(COMPLIANCE_STATUSES)
  status!: (typeof COMPLIANCE_STATUSES)[number];

  @ValidateIf((dto: CreateUserStatusDto) => dto.userDisplayName !== null)
  @IsString()
  @MaxLength(1024)
  userDisplayName!: string | null;

  @ValidateIf((dto: CreateUserStatusDto) => dto.userPrincipalName !== null)
  @IsString()
  @MaxLength(1024)
  userPrincipalName!: string | null;
}

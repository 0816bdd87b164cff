import { ApiSchema, OmitType, PartialType } from '@nestjs/swagger';

import { ENTITY_BODY } from '../../entity-sets/bodies/body-schema.js';
import { PropertyOf } from '../../entity-sets/bodies/property.decorator.js';
import { USER_STATUS } from '../model/user-statuses.set.js';
import { CreateUserStatusDto } from './create-user-status.dto.js';

/**
 * The body of an update: every member may be left out; `null` is a value, and not the same as
 * absent.
 */
@ApiSchema({
  name: 'updateUserStatus',
  description: 'The members of a user status to change; what is left out stays as it is.',
  ...ENTITY_BODY,
})
export class UpdateUserStatusDto extends PartialType(OmitType(CreateUserStatusDto, ['id']), {
  skipNullProperties: false,
}) {
  @PropertyOf(USER_STATUS)
  id?: string;
}

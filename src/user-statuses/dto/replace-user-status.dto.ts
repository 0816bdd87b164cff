import { ApiSchema, OmitType } from '@nestjs/swagger';

import { ENTITY_BODY } from '../../entity-sets/bodies/body-schema.js';
import { PropertyOf } from '../../entity-sets/bodies/property.decorator.js';
import { USER_STATUS } from '../model/user-statuses.set.js';
import { CreateUserStatusDto } from './create-user-status.dto.js';

/** The body of a replacement: that of a create, but for the key, which the URL has already. */
@ApiSchema({
  name: 'replaceUserStatus',
  description: 'A user status, to be there instead of the one that is.',
  ...ENTITY_BODY,
})
export class ReplaceUserStatusDto extends OmitType(CreateUserStatusDto, ['id']) {
  @PropertyOf(USER_STATUS)
  id?: string;
}

import { ApiSchema, PartialType } from '@nestjs/swagger';

import { ENTITY_BODY } from '../../entity-sets/bodies/body-schema.js';
import { ReplaceUserStatusDto } from './replace-user-status.dto.js';

/**
 * The body of an update: every member may be left out; `null` is a value, and not the same as
 * absent.
 */
@ApiSchema({
  name: 'updateUserStatus',
  description: 'The members of a user status to change; what is left out stays as it is.',
  ...ENTITY_BODY,
})
export class UpdateUserStatusDto extends PartialType(ReplaceUserStatusDto, {
  skipNullProperties: false,
}) {}

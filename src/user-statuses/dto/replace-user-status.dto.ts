import { ApiSchema } from '@nestjs/swagger';

import { ENTITY_BODY } from '../../entity-sets/bodies/body-schema.js';
import { CreateUserStatusDto } from './create-user-status.dto.js';

/** The body of a replacement: that of a create. The key is the URL's, and null says nothing. */
@ApiSchema({
  name: 'replaceUserStatus',
  description: 'A user status, to be there instead of the one that is.',
  ...ENTITY_BODY,
})
export class ReplaceUserStatusDto extends CreateUserStatusDto {}

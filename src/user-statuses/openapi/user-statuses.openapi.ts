import { toEntitySchemas } from '../../entity-sets/openapi/entity-schemas.js';
import { EntitySetDescription } from '../../entity-sets/openapi/entity-set.openapi.js';
import { CreateUserStatusDto } from '../dto/create-user-status.dto.js';
import { ReplaceUserStatusDto } from '../dto/replace-user-status.dto.js';
import { UpdateUserStatusDto } from '../dto/update-user-status.dto.js';
import { EXAMPLES } from './user-statuses.examples.js';
import { USER_STATUSES } from '../model/user-statuses.set.js';

/**
 * What the OpenAPI document says of each operation, beside what its route and its access say
 * already.
 */
export const describes = new EntitySetDescription(USER_STATUSES, {
  bodies: {
    create: CreateUserStatusDto,
    replace: ReplaceUserStatusDto,
    update: UpdateUserStatusDto,
  },
  schemas: toEntitySchemas(USER_STATUSES, ReplaceUserStatusDto),
  examples: EXAMPLES,
});

/** The body and the conditions of an update, which can turn out to be a create (Graph's upsert; OData 4.01 Protocol, 11.4.4). */
import { GraphError } from '../errors/graph-error.js';
import { isAnyMatch, requireMatch, toEntityTag } from '../odata/entity-tag.js';
import { CreateUserStatusDto } from './dto/create-user-status.dto.js';
import { parseEntityBody } from './dto/entity-body.js';
import { UpdateUserStatusDto } from './dto/update-user-status.dto.js';
import type { Conditions, UserStatusesCall } from './user-statuses.request.js';
import type { Precondition } from './user-statuses.service.js';

/** Throws `ModelValidationFailure` for what an update cannot hold, another key among it. */
export function toUpdateBody({ body, resource }: UserStatusesCall): UpdateUserStatusDto {
  const dto = parseEntityBody(body, UpdateUserStatusDto);
  if (dto.id === undefined || dto.id === resource.id) return dto;
  throw new GraphError(
    'ModelValidationFailure',
    "'id' must be the id of the URL, or be left out: the key of an entity cannot change.",
    { target: 'id' },
  );
}

/** The same body under the rules of a create. */
export function toCreateBody({ body }: UserStatusesCall): CreateUserStatusDto {
  return parseEntityBody(body, CreateUserStatusDto);
}

/** What `If-Match` and `If-None-Match` say, asked of the entity as it is when it is written. */
export function requireTarget({ ifMatch, ifNoneMatch }: Conditions): Precondition {
  return (current) => {
    if (current === undefined) {
      if (ifMatch === undefined) return;
      throw new GraphError(
        'PreconditionFailed',
        "There is no such entity for 'If-Match' to name: leave the header out to create it.",
      );
    }
    const entityTag = toEntityTag(current.revision);
    requireMatch(ifMatch, entityTag);
    if (!isAnyMatch(ifNoneMatch, entityTag)) return;
    throw new GraphError(
      'PreconditionFailed',
      "The entity is there as it is, and 'If-None-Match' asks that it is not.",
    );
  };
}

/**
 * The body and the conditions of an update or a replacement, which can turn out to be a create
 * (Graph's upsert; OData 4.01 Protocol, 11.4.3 and 11.4.4).
 */
import { GraphError } from '../../errors/graph-error.js';
import { isAnyMatch, requireMatch, toEntityTag } from '../../odata/protocol/entity-tag.js';
import type { DtoClass } from '../bodies/body-rules.js';
import type { Precondition } from '../storage/entities.js';
import { parseEntityBody } from '../bodies/entity-body.js';
import type { Conditions, EntitySetCall } from './entity-request.js';

/** Throws `ModelValidationFailure` for what the DTO cannot hold, another key among it. */
export function parseTargetBody<Dto extends { id?: string | null }>(
  call: EntitySetCall,
  Dto: DtoClass<Dto>,
): Dto {
  const dto = parseEntityBody(call, Dto);
  if ((dto.id ?? call.resource.id) === call.resource.id) return dto;
  throw new GraphError(
    'ModelValidationFailure',
    "'id' must be the id of the URL, or be left out: the key of an entity cannot change.",
    { target: 'id' },
  );
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

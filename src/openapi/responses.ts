import { applyDecorators } from '@nestjs/common';
import { ApiNotModifiedResponse } from '@nestjs/swagger';

import { TakesConditions } from './request-headers.js';
import { describeHeaders } from './response-headers.js';

/** Declares that `If-None-Match` can spare a caller the body. */
export function NotModified(): MethodDecorator {
  return applyDecorators(
    TakesConditions('If-None-Match'),
    ApiNotModifiedResponse({
      description: 'The caller has it already.',
      headers: describeHeaders('ETag'),
    }),
  );
}

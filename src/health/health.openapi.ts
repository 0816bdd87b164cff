import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';

export function DescribesHealth(
  statuses: readonly string[],
  summary: string,
  description: string,
): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary, description }),
    ApiOkResponse({
      description: `It is ${statuses.join(' or ')}.`,
      schema: {
        type: 'object',
        required: ['status'],
        properties: { status: { type: 'string', enum: [...statuses] } },
      },
    }),
  );
}

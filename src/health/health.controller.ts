import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { RequireAccess } from '../auth/permissions.js';
import { Database } from '../database/database.js';
import { GraphError } from '../errors/graph-error.js';
import { DescribesHealth } from './health.openapi.js';
import { Readiness } from './readiness.js';

interface Health {
  status: 'live' | 'ready' | 'degraded';
}

@Controller('health')
@ApiTags('service')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @RequireAccess('anybody')
  @DescribesHealth(['live'], 'Ask whether the service is live', 'The process runs and answers.')
  live(): Health {
    return { status: 'live' };
  }

  @Get('ready')
  @RequireAccess('anybody')
  @DescribesHealth(
    ['ready', 'degraded'],
    'Ask whether the service is ready',
    'Its database answers, and it is not about to stop. It is degraded where queries that no ' +
      'index answers are refused.',
  )
  async ready(): Promise<Health> {
    if (this.readiness.isWithdrawn) throw notReady('The service is about to stop.');
    try {
      return { status: await this.database.check() };
    } catch (cause) {
      // The log shall have what the database said, and not how a caller would be told.
      const reason = cause instanceof GraphError ? cause.cause : cause;
      throw notReady('The database does not answer, or takes no writes.', reason);
    }
  }
}

function notReady(message: string, cause?: unknown): GraphError {
  return new GraphError('ServiceUnavailable', message, { headers: { 'Retry-After': '1' }, cause });
}

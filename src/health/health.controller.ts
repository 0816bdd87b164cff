import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';

import { RequireAccess } from '../auth/permissions.js';
import { checkDatabase } from '../database/data-source.js';
import { GraphError } from '../errors/graph-error.js';
import { DescribesHealth } from './health.openapi.js';

interface Health {
  status: 'live' | 'ready';
}

@Controller('health')
@ApiTags('service')
export class HealthController {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  @Get('live')
  @RequireAccess('anybody')
  @DescribesHealth('live', 'Ask whether the service is live', 'The process runs and answers.')
  live(): Health {
    return { status: 'live' };
  }

  @Get('ready')
  @RequireAccess('anybody')
  @DescribesHealth('ready', 'Ask whether the service is ready', 'Its database answers.')
  async ready(): Promise<Health> {
    try {
      await checkDatabase(this.database);
      return { status: 'ready' };
    } catch (cause) {
      throw new GraphError('ServiceUnavailable', 'The database does not answer.', {
        headers: { 'Retry-After': '1' },
        cause,
      });
    }
  }
}

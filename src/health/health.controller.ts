import { Controller, Get } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';

import { RequireAccess } from '../auth/permissions.js';
import { checkDatabase } from '../database/data-source.js';
import { GraphError } from '../errors/graph-error.js';

interface Health {
  status: 'live' | 'ready';
}

@Controller('health')
export class HealthController {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The process runs and answers. */
  @Get('live')
  @RequireAccess('anybody')
  live(): Health {
    return { status: 'live' };
  }

  /** The process can serve: its database answers. */
  @Get('ready')
  @RequireAccess('anybody')
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

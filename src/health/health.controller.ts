import { Controller, Get } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';

import { RequireAccess } from '../auth/permissions.js';
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
      await this.database.query('SELECT 1 FROM user_status LIMIT 1');
      return { status: 'ready' };
    } catch (cause) {
      throw new GraphError('ServiceUnavailable', 'The database does not answer.', {
        headers: { 'Retry-After': '1' },
        cause,
      });
    }
  }
}

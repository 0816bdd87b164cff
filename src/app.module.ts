import { type DynamicModule, Module } from '@nestjs/common';

import { AuthModule } from './auth/auth.module.js';
import { BatchModule } from './batch/batch.module.js';
import type { Config } from './config/config.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { OperationsModule } from './operations/operations.js';
import { MetadataModule } from './metadata/metadata.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { findResource } from './resources.js';
import { SchedulingModule } from './scheduling/scheduling.module.js';
import { UserStatusesModule } from './user-statuses/user-statuses.module.js';

@Module({})
export class AppModule {
  static forConfig(config: Config, stop: AbortSignal): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forConfig(config, stop),
        AuthModule.forConfig(config),
        SchedulingModule.forConfig(config),
        OperationsModule,
        UserStatusesModule,
        MetadataModule,
        BatchModule.forConfig(config, findResource),
        HealthModule,
        OpenApiModule.forConfig(config),
      ],
    };
  }
}

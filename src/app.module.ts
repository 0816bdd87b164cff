import { type DynamicModule, Module } from '@nestjs/common';

import { AuthModule } from './auth/auth.module.js';
import type { Config } from './config/config.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { UserStatusesModule } from './user-statuses/user-statuses.module.js';

@Module({})
export class AppModule {
  static forConfig(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forConfig(config),
        AuthModule.forConfig(config),
        UserStatusesModule,
        HealthModule,
      ],
    };
  }
}

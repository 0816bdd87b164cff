import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import type { Config } from '../config/config.js';
import { openDatabase, toDataSourceOptions } from './data-source.js';

@Module({})
export class DatabaseModule {
  static forConfig(config: Config): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: async () => ({
            ...(await toDataSourceOptions(config)),
            // Each feature brings its own.
            autoLoadEntities: true,
            // A database that cannot be used stops the start at once, with its reason.
            retryAttempts: 0,
          }),
          dataSourceFactory: async (options) => openDatabase(options!),
        }),
      ],
    };
  }
}

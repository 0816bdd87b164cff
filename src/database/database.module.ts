import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import type { Config } from '../config/config.js';
import { takeOver } from './copy-mark.js';
import { Database } from './database.js';
import { engineOf } from './engines.js';

@Module({})
export class DatabaseModule {
  static forConfig(config: Config, stop: AbortSignal): DynamicModule {
    const engine = engineOf(config);
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: async () => ({
            ...(await engine.toDataSourceOptions(config)),
            // Each feature brings its own.
            autoLoadEntities: true,
            // A database that cannot be used stops the start at once, with its reason.
            retryAttempts: 0,
            // And it is not said that it is tried again.
            toRetry: () => false,
          }),
          dataSourceFactory: async (options) => {
            const dataSource = await engine.open(options!, config, stop);
            try {
              await takeOver(dataSource, engine.placeOf(config));
            } catch (error) {
              await dataSource.destroy();
              throw error;
            }
            return dataSource;
          },
        }),
      ],
      providers: [
        {
          provide: Database,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => engine.createDatabase(dataSource, config),
        },
      ],
      exports: [Database],
    };
  }
}

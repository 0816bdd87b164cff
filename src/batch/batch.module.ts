import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import type { ResourceFinder } from '../operations/resource-finder.js';
import { BATCH_MAX_REQUESTS, BatchController } from './batch.controller.js';
import { BatchDispatcher, BODY_LIMIT_BYTES, RESOURCE_FINDER } from './batch.dispatcher.js';
import { BatchRunner } from './batch.runner.js';

@Module({})
export class BatchModule {
  /** `find` knows every resource that a request of a batch can be for. */
  static forConfig(
    { bodyLimitBytes, batchMaxRequests }: Config,
    find: ResourceFinder,
  ): DynamicModule {
    return {
      module: BatchModule,
      controllers: [BatchController],
      providers: [
        BatchRunner,
        BatchDispatcher,
        { provide: RESOURCE_FINDER, useValue: find },
        { provide: BODY_LIMIT_BYTES, useValue: bodyLimitBytes },
        { provide: BATCH_MAX_REQUESTS, useValue: batchMaxRequests },
      ],
    };
  }
}

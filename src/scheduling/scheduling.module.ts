import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import { RateLimits } from './rate-limits.js';

@Module({})
export class SchedulingModule {
  static forConfig({ rateLimit }: Config): DynamicModule {
    return {
      module: SchedulingModule,
      // Single calls and items of batches are counted together.
      global: true,
      exports: [RateLimits],
      providers: [{ provide: RateLimits, useValue: new RateLimits(rateLimit) }],
    };
  }
}

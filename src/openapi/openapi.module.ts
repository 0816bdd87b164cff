import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import { BASE_PATH, OpenApiDocument } from './openapi-document.js';
import { OpenApiController } from './openapi.controller.js';
import { ReferencePageController } from './reference-page.controller.js';

@Module({})
export class OpenApiModule {
  static forConfig({ publicUrl, hasReferencePage }: Config): DynamicModule {
    const basePath = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
    return {
      module: OpenApiModule,
      controllers: [OpenApiController, ...(hasReferencePage ? [ReferencePageController] : [])],
      providers: [{ provide: BASE_PATH, useValue: basePath }, OpenApiDocument],
    };
  }
}

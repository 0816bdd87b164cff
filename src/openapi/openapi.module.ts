import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import { BASE_PATH, OpenApiDocument } from './openapi-document.js';
import { OpenApiController } from './openapi.controller.js';
import { ReferencePageController } from './reference-page.controller.js';
import { REFERENCE_PAGE_PATH } from './reference-page.js';

@Module({})
export class OpenApiModule {
  /** Global, because the root leads to the reference page. */
  static forConfig({ publicUrl, hasReferencePage }: Config): DynamicModule {
    const basePath = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
    const pagePath = hasReferencePage ? `${basePath}/docs` : '';
    return {
      module: OpenApiModule,
      global: true,
      controllers: [OpenApiController, ...(hasReferencePage ? [ReferencePageController] : [])],
      providers: [
        { provide: BASE_PATH, useValue: basePath },
        { provide: REFERENCE_PAGE_PATH, useValue: pagePath },
        OpenApiDocument,
      ],
      exports: [REFERENCE_PAGE_PATH],
    };
  }
}

import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { RequireAccess } from '../auth/permissions.js';
import { noSuchResource } from '../http/rewrite-url.js';
import { DescribesAsset, DescribesDocument, DescribesPage } from './openapi.descriptions.js';
import { OpenApiDocument } from './openapi-document.js';
import { findAsset, REFERENCE_PAGE } from './reference-page.js';
import { sendFile } from './static-file.js';

@Controller()
@ApiTags('service')
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @RequireAccess('anybody')
  @DescribesDocument()
  get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(this.document.toFile(), request, reply);
  }

  @Get('docs')
  @RequireAccess('anybody')
  @DescribesPage()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(REFERENCE_PAGE, request, reply);
  }

  @Get('docs/:asset')
  @RequireAccess('anybody')
  @DescribesAsset()
  asset(
    @Param('asset') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const asset = findAsset(name);
    if (asset === undefined) throw noSuchResource();
    sendFile(asset, request, reply);
  }
}

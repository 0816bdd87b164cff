import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { RequireAccess } from '../auth/permissions.js';
import { noSuchResource } from '../operations/path-guide.js';
import { DescribesAsset, DescribesPage } from './openapi.descriptions.js';
import { findAsset, REFERENCE_PAGE } from './reference-page.js';
import { sendFile } from './static-file.js';

@Controller('docs')
@ApiTags('service')
export class ReferencePageController {
  @Get()
  @RequireAccess('anybody')
  @DescribesPage()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(REFERENCE_PAGE, request, reply);
  }

  @Get(':asset')
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

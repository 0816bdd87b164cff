import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { RequireAccess } from '../auth/permissions.js';
import { DescribesDocument } from './openapi.descriptions.js';
import { OpenApiDocument } from './openapi-document.js';
import { sendFile } from './static-file.js';

@Controller('openapi.json')
@ApiTags('service')
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get()
  @RequireAccess('anybody')
  @DescribesDocument()
  get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(this.document.toFile(), request, reply);
  }
}

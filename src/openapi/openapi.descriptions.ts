import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces } from '@nestjs/swagger';

import { FailsWith } from './error-responses.js';
import { ASSET_NAMES } from './reference-page.js';
import { describeHeaders } from './response-headers.js';
import { NotModified } from './responses.js';

export const DescribesDocument = () =>
  applyDecorators(
    ApiOperation({ summary: 'Get the OpenAPI document', description: 'This document.' }),
    ApiOkResponse({
      description: 'The document.',
      schema: { type: 'object' },
      headers: describeHeaders('ETag'),
    }),
    NotModified(),
  );

export const DescribesPage = () =>
  applyDecorators(
    ApiOperation({ summary: 'Get the reference page', description: 'This document, to read.' }),
    ApiProduces('text/html'),
    ApiOkResponse({
      description: 'The page.',
      schema: { type: 'string' },
      headers: describeHeaders('ETag'),
    }),
    NotModified(),
  );

export const DescribesAsset = () =>
  applyDecorators(
    ApiOperation({
      summary: 'Get a file of the reference page',
      description: 'What the page loads.',
    }),
    ApiParam({
      name: 'asset',
      description: 'The name of the file.',
      schema: { type: 'string', enum: [...ASSET_NAMES], example: ASSET_NAMES[0] },
    }),
    ApiProduces('text/css', 'text/javascript', 'image/png'),
    ApiOkResponse({
      description: 'The file.',
      schema: { type: 'string' },
      headers: describeHeaders('ETag'),
    }),
    NotModified(),
    FailsWith('ResourceNotFound'),
  );

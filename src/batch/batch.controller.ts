import { Controller, Post } from '@nestjs/common';

import { READ_PERMISSIONS } from '../auth/permissions.js';
import { Call, Serves } from '../http/operation.js';
import { readHeader, type ODataRequest } from '../odata/odata-request.js';
import type { ODataResponse } from '../odata/odata-response.js';
import { parsePreferences } from '../odata/preferences.js';
import { parseQueryOptions } from '../odata/query-options.js';
import { MAX_BATCH_BYTES } from './batch-item.js';
import { BatchRunner } from './batch.runner.js';
import { DescribesBatch } from './batch.openapi.js';
import { BATCH } from './batch.url.js';
import { parseJsonBatch, toJsonBatch } from './json-batch.js';
import { parseMultipartBatch, toMultipartBatch } from './multipart-batch.js';

@Controller(BATCH)
export class BatchController {
  constructor(private readonly runner: BatchRunner) {}

  /** Whoever may read may send a batch; each request in it is judged by itself. */
  @Post()
  @Serves(BATCH, READ_PERMISSIONS, { limitBytes: MAX_BATCH_BYTES, isMultipartTaken: true })
  @DescribesBatch()
  async run(@Call() call: ODataRequest): Promise<ODataResponse> {
    parseQueryOptions(call.query, []);
    if (!Buffer.isBuffer(call.body)) {
      const items = parseJsonBatch(call.body);
      return toJsonBatch(items, await this.runner.runTogether(items, call));
    }
    const parts = parseMultipartBatch(call.body, readHeader(call.headers, 'content-type') ?? '');
    const { isContinueOnError } = parsePreferences(readHeader(call.headers, 'prefer'));
    const answers = await this.runner.runInOrder(parts, isContinueOnError, call);
    return toMultipartBatch(
      answers,
      isContinueOnError ? { 'Preference-Applied': 'odata.continue-on-error' } : {},
    );
  }
}

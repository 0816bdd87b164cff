import { Controller, Post } from '@nestjs/common';

import { READ_PERMISSIONS } from '../auth/permissions.js';
import { Serves, type BodyForm } from '../http/operation.js';
import { parseJsonFormat, requireMultipartAccepted } from '../odata/media-type.js';
import { readHeader, type ODataRequest } from '../odata/odata-request.js';
import type { ODataResponse } from '../odata/odata-response.js';
import { parsePreferences } from '../odata/preferences.js';
import { parseQueryOptions } from '../odata/query-options.js';
import { MAX_BATCH_BYTES, toPageShare } from './batch-item.js';
import { BatchRunner } from './batch.runner.js';
import { DescribesBatch } from './batch.openapi.js';
import { BATCH } from './batch.url.js';
import { parseJsonBatch, toJsonBatch } from './json-batch.js';
import { parseMultipartBatch, toMultipartBatch } from './multipart-batch.js';

const BATCH_BODY: BodyForm = {
  limitBytes: MAX_BATCH_BYTES,
  isMultipartTaken: true,
  // The batch, its list, and each request in it.
  wrapperLevels: 3,
};

@Controller(BATCH)
export class BatchController {
  constructor(private readonly runner: BatchRunner) {}

  /** Whoever may read may send a batch; each request in it is judged by itself. */
  @Post()
  @Serves(BATCH, READ_PERMISSIONS, BATCH_BODY)
  @DescribesBatch()
  async run(call: ODataRequest): Promise<ODataResponse> {
    parseQueryOptions(call.query, []);
    const accept = readHeader(call.headers, 'accept');
    if (!Buffer.isBuffer(call.body)) {
      parseJsonFormat(accept, undefined);
      const items = parseJsonBatch(call.body);
      const shared = { ...call, maxPageCharacters: toPageShare(items.length) };
      return toJsonBatch(items, await this.runner.runTogether(items, shared));
    }
    requireMultipartAccepted(accept);
    const parts = parseMultipartBatch(call.body, readHeader(call.headers, 'content-type') ?? '');
    const { isContinueOnError } = parsePreferences(readHeader(call.headers, 'prefer'));
    const shared = { ...call, maxPageCharacters: toPageShare(parts.length) };
    const answers = await this.runner.runInOrder(parts, isContinueOnError, shared);
    return toMultipartBatch(
      answers,
      isContinueOnError ? { 'Preference-Applied': 'odata.continue-on-error' } : {},
    );
  }
}

import type { FastifyReply } from 'fastify';

import { toContentType, type MetadataLevel } from './media-type.js';

/** A response as a value: what a single call sends, and what an item of a batch will hold. */
export interface ODataResponse {
  status: number;
  headers: Record<string, string>;
  /** Absent where the status allows no body. */
  body?: object;
}

const ODATA_VERSION = '4.0';

/** A response with a JSON body, in the Content-Type that says how much it tells about itself. */
export function withBody(
  status: number,
  metadata: MetadataLevel,
  headers: Record<string, string>,
  body: object,
): ODataResponse {
  return { status, headers: { 'Content-Type': toContentType(metadata), ...headers }, body };
}

export function sendResponse(reply: FastifyReply, response: ODataResponse): void {
  void reply
    .code(response.status)
    .headers({ 'OData-Version': ODATA_VERSION, ...response.headers })
    .send(response.body === undefined ? undefined : JSON.stringify(response.body));
}

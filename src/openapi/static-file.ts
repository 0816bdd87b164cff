import { createHash } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { toSlices } from '../http/answer-body.js';
import { isAnyMatch } from '../odata/protocol/entity-tag.js';

/** What is the same for every caller, and held in memory. */
export interface StaticFile {
  body: Buffer;
  headers: Readonly<Record<string, string>> & { ETag: string };
}

export function toStaticFile(
  body: Buffer,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): StaticFile {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, headers: { 'Content-Type': contentType, ...headers, ETag: `"${digest}"` } };
}

/** 200 with the file, or 304 where the caller has it already. */
export function sendFile(file: StaticFile, request: FastifyRequest, reply: FastifyReply): void {
  const isKnown = isAnyMatch(request.headers['if-none-match'], file.headers.ETag);
  void reply.code(isKnown ? 304 : 200).headers(file.headers);
  if (isKnown) void reply.send();
  else void reply.header('content-length', file.body.length).send(toSlices(file.body));
}

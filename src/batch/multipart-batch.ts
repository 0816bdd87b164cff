/**
 * The multipart batch format (OData 4.01 Protocol, 11.7.7): parts of `application/http`, and change
 * sets, which are multiparts of their own and are stored as a whole or not at all.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';

import { ERROR_STATUS } from '../errors/graph-error.js';
import { requireUtf8 } from '../http/bodies/content-type.js';
import { parseStrictJson } from '../http/bodies/strict-json.js';
import { parseMediaType, type MediaType } from '../odata/protocol/header-values.js';
import { ODataResponse } from '../odata/protocol/odata-response.js';
import {
  batchFault,
  isFailure,
  requireChange,
  requireItemCount,
  requireUniqueIds,
  type AnsweredItem,
  type BatchItem,
} from './batch-item.js';
import { toJsonBatch, type JsonAnswer } from './json-batch.js';
import { parseMessage, readBoundary, splitParts, type Message } from './mime.js';

/** Requests that are stored together. */
interface ChangeSetPart {
  items: readonly BatchItem[];
}

export type BatchPart = BatchItem | ChangeSetPart;

/** How a part was answered: a change set by one answer for each request. */
export type AnsweredPart = AnsweredItem | { answers: readonly AnsweredItem[] };

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~\w]+) +(\S+)(?: +HTTP\/1\.[01])?[ \t]*$/;

/** The status of what failed only because another request of its change set did. */
const UNDONE = ERROR_STATUS.FailedDependency;

/** Throws `BadRequest` for a body that is no batch: nothing of it is handled then. */
export function parseMultipartBatch(
  body: Buffer,
  contentType: string,
  mostRequests: number,
): BatchPart[] {
  // A byte is a character here, so that bodies can be cut out unharmed.
  const text = body.toString('latin1');
  const parts = splitParts(text, readBoundary(contentType), mostRequests).map(parseMessage);
  const batch = parts.map((part) => {
    const mediaType = typeOf(part);
    return mediaType.name === 'multipart/mixed'
      ? toChangeSet(part, mostRequests)
      : parsePart(part, mediaType);
  });
  const items = batch.flatMap((part) => ('items' in part ? part.items : [part]));
  requireItemCount(items.length, mostRequests);
  requireUniqueIds(items);
  return batch;
}

function toChangeSet(part: Message, mostRequests: number): ChangeSetPart {
  const boundary = readBoundary(part.headers.get('content-type')!);
  const items = splitParts(part.body, boundary, mostRequests).map((text) => {
    const inner = parseMessage(text);
    const mediaType = typeOf(inner);
    if (mediaType.name === 'multipart/mixed')
      throw batchFault('A change set cannot hold another change set');
    const item = parsePart(inner, mediaType);
    requireChange(item);
    return item;
  });
  requireItemCount(items.length, mostRequests);
  return { items };
}

function parsePart({ headers, body }: Message, mediaType: MediaType): BatchItem {
  if (mediaType.name !== 'application/http') {
    throw batchFault(
      "Each part of the batch must have the Content-Type 'application/http', or be a change set",
    );
  }
  const lineEnd = /\r?\n|$/.exec(body)!;
  const [, method, url] = REQUEST_LINE.exec(body.slice(0, lineEnd.index)) ?? [];
  if (method === undefined || url === undefined) {
    throw batchFault("A part of the batch does not begin with a line such as 'GET url HTTP/1.1'");
  }
  const request = parseMessage(body.slice(lineEnd.index + lineEnd[0].length));
  const bytes = Buffer.from(request.body, 'latin1');
  return {
    id: toUtf8(headers.get('content-id')),
    method,
    url: toUtf8(url),
    headers: Object.fromEntries(request.headers),
    // Line ends before the boundary are no body.
    body:
      request.body.trim() === ''
        ? undefined
        : { read: () => parseStrictJson(bytes), byteLength: () => bytes.length },
  };
}

function toUtf8<T extends string | undefined>(bytes: T): T {
  return (bytes === undefined ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')) as T;
}

/** Throws for one whose text is not in UTF-8. */
function typeOf({ headers }: Message): MediaType {
  const mediaType = parseMediaType(headers.get('content-type') ?? '');
  requireUtf8(mediaType);
  return mediaType;
}

/** The answers in the order of the parts, in the same format. */
export function toMultipartBatch(
  parts: readonly AnsweredPart[],
  headers: Readonly<Record<string, string>>,
): ODataResponse {
  const { boundary, body } = toMultipart(
    'batchresponse',
    parts.map((part) => ('answers' in part ? toChangeSetPart(part.answers) : toHttpPart(part))),
  );
  return new ODataResponse(
    200,
    { ...headers, 'Content-Type': `multipart/mixed; boundary=${boundary}` },
    body,
  );
}

/**
 * The answers to a multipart batch in JSON: in the same order, those of a change set by a name that
 * they share (JSON Format 4.01, 19.5).
 */
export function toJsonOfMultipart(
  parts: readonly AnsweredPart[],
  headers: Readonly<Record<string, string>>,
): ODataResponse {
  const answers = parts.flatMap((part): JsonAnswer[] => {
    if (!('answers' in part)) return [{ ...part, group: undefined }];
    const group = `changeset_${randomUUID()}`;
    return part.answers.map((answered) => ({ ...answered, group }));
  });
  return toJsonBatch(answers, headers);
}

/** Where one failed, it is the answer to the whole (Protocol 4.01, 11.7.7.5). */
function toChangeSetPart(answers: readonly AnsweredItem[]): string {
  const failures = answers.filter(isFailure);
  const failed = failures.find(({ answer }) => answer.status !== UNDONE) ?? failures[0];
  if (failed !== undefined) return toHttpPart(failed);
  const { boundary, body } = toMultipart('changesetresponse', answers.map(toHttpPart));
  return `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n${body}`;
}

function toMultipart(name: string, parts: readonly string[]): { boundary: string; body: string } {
  const boundary = `${name}_${randomUUID()}`;
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return { boundary, body: `${body}--${boundary}--\r\n` };
}

function toHttpPart({ item, answer }: AnsweredItem): string {
  const { status, body } = answer;
  const headers = Object.entries({
    ...answer.headers,
    ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
  });
  return [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    ...(item.id === undefined ? [] : [`Content-ID: ${item.id}`]),
    '',
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    body ?? '',
  ].join('\r\n');
}

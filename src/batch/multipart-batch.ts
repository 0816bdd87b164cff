/**
 * The multipart batch format (OData 4.01 Protocol, 11.7.7): parts of `application/http`, and change
 * sets, which are multiparts of their own and are stored as a whole or not at all.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';

import { shorten } from '../errors/graph-error.js';
import { parseStrictJson } from '../http/strict-json.js';
import { parseMediaType } from '../odata/protocol/header-values.js';
import { ODataResponse } from '../odata/protocol/odata-response.js';
import {
  batchFault,
  requireItemCount,
  requireUniqueIds,
  type AnsweredItem,
  type BatchItem,
} from './batch-item.js';
import { parseMessage, readBoundary, splitParts, type Message } from './mime.js';

/** Requests that are stored together. */
export interface ChangeSetPart {
  items: readonly BatchItem[];
}

export type BatchPart = BatchItem | ChangeSetPart;

/** How a part was answered: a change set by one answer for each request, or by one if it failed. */
export type AnsweredPart = AnsweredItem | { answers: readonly AnsweredItem[] };

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~\w]+) +(\S+)(?: +HTTP\/1\.[01])?[ \t]*$/;
const CHANGE_SET_METHODS: readonly string[] = ['POST', 'PATCH', 'PUT', 'DELETE'];

/** Throws `BadRequest` for a body that is no batch: nothing of it is handled then. */
export function parseMultipartBatch(body: Buffer, contentType: string): BatchPart[] {
  // A byte is a character here, so that bodies can be cut out unharmed.
  const parts = splitParts(body.toString('latin1'), readBoundary(contentType)).map(parseMessage);
  const batch = parts.map((part) =>
    hasType(part, 'multipart/mixed') ? toChangeSet(part) : parsePart(part),
  );
  const counts = batch.map((part) => ('items' in part ? part.items.length : 1));
  requireItemCount(counts.reduce((sum, count) => sum + count, 0));
  requireUniqueIds(batch.flatMap((part) => ('items' in part ? part.items : [part])));
  return batch;
}

function toChangeSet(part: Message): ChangeSetPart {
  const boundary = readBoundary(part.headers.get('content-type')!);
  const items = splitParts(part.body, boundary).map((text) => {
    const inner = parseMessage(text);
    if (hasType(inner, 'multipart/mixed'))
      throw batchFault('A change set cannot hold another change set');
    const item = parsePart(inner);
    if (CHANGE_SET_METHODS.includes(item.method)) return item;
    throw batchFault(`A change set holds changes only, and '${shorten(item.method)}' is none`);
  });
  requireItemCount(items.length);
  return { items };
}

function parsePart(part: Message): BatchItem {
  const { headers, body } = part;
  if (!hasType(part, 'application/http')) {
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

function hasType({ headers }: Message, mediaType: string): boolean {
  return parseMediaType(headers.get('content-type') ?? '').name === mediaType;
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

function toChangeSetPart(answers: readonly AnsweredItem[]): string {
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

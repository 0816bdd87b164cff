/** The JSON batch format (contract, section 5; OData JSON Format 4.01, section 19). */
import { shorten } from '../errors/graph-error.js';
import type { Headers } from '../odata/protocol/odata-request.js';
import { ODataResponse } from '../odata/protocol/odata-response.js';
import {
  batchFault,
  requireItemCount,
  requireRoomForHeaders,
  requireUniqueIds,
  type AnsweredItem,
  type ItemBody,
} from './batch-item.js';
import { toJsonBatchItems, type JsonBatchItem, type JsonRequest } from './batch-order.js';
import { readMembers, readName, toObject } from './json-members.js';

const BATCH_SHAPE = 'A batch is a JSON object such as {"requests":[…]}';
const REQUEST_SHAPE =
  'A request of a batch is a JSON object such as {"id":"1","method":"GET","url":"…"}';

const MEMBERS = ['id', 'method', 'url', 'headers', 'body', 'dependsOn', 'atomicityGroup'] as const;

/** Throws `BadRequest` for a body that is no batch: nothing of it is handled then. */
export function parseJsonBatch(body: unknown, mostRequests: number): JsonBatchItem[] {
  const { requests } = readMembers(body, ['requests'], BATCH_SHAPE);
  if (!Array.isArray(requests)) {
    throw batchFault(`A batch has an array of 'requests': ${BATCH_SHAPE}`);
  }
  requireItemCount(requests.length, mostRequests);
  const read = requests.map(parseRequest);
  requireUniqueIds(read);
  return toJsonBatchItems(read);
}

/** An answer, with the name of the group or change set that it belongs to. */
export interface JsonAnswer extends AnsweredItem {
  group: string | undefined;
}

export function toJsonBatch(
  answers: readonly JsonAnswer[],
  headers: Readonly<Record<string, string>> = {},
): ODataResponse {
  return new ODataResponse(
    200,
    { ...headers, 'Content-Type': 'application/json;charset=utf-8' },
    `{"responses":[${answers.map(toResponse).join(',')}]}`,
  );
}

function toResponse({ item, group, answer }: JsonAnswer): string {
  const { status, headers } = answer;
  const response = JSON.stringify({ id: item.id, atomicityGroup: group, status, headers });
  const body = toItemBody(answer);
  return body === undefined ? response : `${response.slice(0, -1)},"body":${body}}`;
}

/** JSON stands as it is, text as a string, anything else as base64url (JSON Format 4.01, 19.1). */
function toItemBody({ headers, body }: ODataResponse): string | undefined {
  if (body === undefined) return undefined;
  const contentType = headers['Content-Type'] ?? '';
  if (contentType.startsWith('application/json')) return body;
  return JSON.stringify(
    contentType.startsWith('text/') ? body : Buffer.from(body).toString('base64url'),
  );
}

function parseRequest(written: unknown): JsonRequest {
  const members = readMembers(written, MEMBERS, REQUEST_SHAPE);
  const { method, url, body = null } = members;
  const id = readName(members.id);
  if (id === undefined) {
    throw batchFault(
      "Each request of the batch must have an 'id', a string that is not empty or an integer " +
        'of at most 15 digits',
    );
  }
  const shown = shorten(id);
  if (typeof method !== 'string' || method === '') {
    throw batchFault(`Request '${shown}' of the batch must have a 'method' such as 'GET'`);
  }
  if (typeof url !== 'string' || url === '') {
    throw batchFault(`Request '${shown}' of the batch must have a 'url', relative to the version`);
  }
  const headers = parseItemHeaders(members.headers ?? {}, shown);
  if (body !== null && headers['content-type'] === undefined) {
    throw batchFault(`Write request with id '${shown}' does not contain a Content-Type header`);
  }
  return {
    id,
    method: method.toUpperCase(),
    url,
    headers,
    body: toBody(body),
    group: parseGroup(members.atomicityGroup ?? undefined, shown),
    waitsFor: parseDependsOn(members.dependsOn ?? [], shown),
  };
}
function toBody(value: unknown): ItemBody | undefined {
  if (value === null) return undefined;
  return { read: () => value, byteLength: () => Buffer.byteLength(JSON.stringify(value)) };
}

/**
 * What HTTP lets a header hold (RFC 9110, 5.5), and characters beyond it that only JSON can bring.
 */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\uffff]*$/;

/** The colon, the space and the line end that a field has in HTTP. */
const FIELD_PUNCTUATION_BYTES = 4;

/**
 * By name in lower case. Throws for a name that is given twice: nobody could tell which is meant.
 */
function parseItemHeaders(written: unknown, id: string): Headers {
  const shape = `The 'headers' of request '${id}' must be a JSON object of strings`;
  const headers = new Map<string, string>();
  let bytes = 0;
  for (const [name, value] of Object.entries(toObject(written, shape))) {
    if (typeof value !== 'string') throw batchFault(shape);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + FIELD_PUNCTUATION_BYTES;
    requireRoomForHeaders(bytes);
    if (headers.has(name.toLowerCase())) {
      throw batchFault(`A request of the batch has the header '${shorten(name)}' twice`);
    }
    if (!FIELD_VALUE.test(value)) {
      throw batchFault(
        `The header '${shorten(name)}' of request '${id}' holds a control character`,
      );
    }
    headers.set(name.toLowerCase(), value.trim());
  }
  return Object.fromEntries(headers);
}

function parseGroup(written: unknown, id: string): string | undefined {
  const name = readName(written);
  if (written === undefined || name !== undefined) return name;
  throw batchFault(`The 'atomicityGroup' of request '${id}' must be a string that is not empty`);
}

/** The ids of requests, and names of groups. */
function parseDependsOn(written: unknown, id: string): string[] {
  const names = Array.isArray(written) ? written.map(readName) : [undefined];
  if (names.every((name) => name !== undefined)) return names;
  throw batchFault(`The 'dependsOn' of request '${id}' must be an array of ids`);
}

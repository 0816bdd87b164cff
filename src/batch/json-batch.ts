/** The JSON batch format (contract, section 5; OData JSON Format 4.01, section 19). */
import { GraphError, shorten } from '../errors/graph-error.js';
import type { Headers } from '../odata/protocol/odata-request.js';
import { ODataResponse } from '../odata/protocol/odata-response.js';
import {
  batchFault,
  foldId,
  requireItemCount,
  requireRoomForHeaders,
  requireUniqueIds,
  type BatchItem,
  type ItemBody,
} from './batch-item.js';

/** A request that may wait for others. */
export interface JsonBatchItem extends BatchItem {
  id: string;
  /** The requests that must have succeeded before. */
  dependsOn: readonly JsonBatchItem[];
}

const MEMBERS: readonly string[] = ['id', 'method', 'url', 'headers', 'body', 'dependsOn'];

/** What OData has besides (JSON Format 4.01, 19.1), and Graph has not. */
const UNSUPPORTED_MEMBERS: ReadonlyMap<string, string> = new Map([
  ['atomicityGroup', 'send a change set of a multipart/mixed batch'],
  ['if', "use 'dependsOn'"],
]);

/** Throws `BadRequest` for a body that is no batch: nothing of it is handled then. */
export function parseJsonBatch(body: unknown): JsonBatchItem[] {
  const { requests, ...others } = toObject(body, 'The batch must be a JSON object');
  requireKnown(others, []);
  if (!Array.isArray(requests)) throw batchFault("The batch must have an array 'requests'");
  requireItemCount(requests.length);

  const objects = requests.map((request) =>
    toObject(request, 'Each request of the batch must be a JSON object'),
  );
  const items = objects.map(parseItem);
  requireUniqueIds(items);
  const byId = new Map(items.map((item) => [foldId(item.id), item]));
  items.forEach((item, i) => {
    item.dependsOn = toDependencies(item.id, objects[i]!.dependsOn, byId);
  });
  requireNoCycle(items);
  return items;
}

/** The answers, each beside the id of its request. */
export function toJsonBatch(
  items: readonly JsonBatchItem[],
  answers: readonly ODataResponse[],
): ODataResponse {
  const responses = items.map(({ id }, i) => {
    const { status, headers } = answers[i]!;
    const response = JSON.stringify({ id, status, headers });
    const body = toItemBody(answers[i]!);
    return body === undefined ? response : `${response.slice(0, -1)},"body":${body}}`;
  });
  return new ODataResponse(
    200,
    { 'Content-Type': 'application/json;charset=utf-8' },
    `{"responses":[${responses.join(',')}]}`,
  );
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

function parseItem(
  request: Readonly<Record<string, unknown>>,
): JsonBatchItem & { dependsOn: JsonBatchItem[] } {
  const { id, method, url, body = null } = request;
  if (typeof id !== 'string' || id === '') {
    throw batchFault("Each request of the batch must have an 'id', a string that is not empty");
  }
  const shown = shorten(id);
  requireKnown(request, MEMBERS);
  if (typeof method !== 'string' || method === '') {
    throw batchFault(`Request '${shown}' of the batch must have a 'method' such as 'GET'`);
  }
  if (typeof url !== 'string' || url === '') {
    throw batchFault(`Request '${shown}' of the batch must have a 'url', relative to the version`);
  }
  const headers = parseItemHeaders(request.headers ?? {}, shown);
  if (body !== null && headers['content-type'] === undefined) {
    throw batchFault(`Write request with id '${shown}' does not contain a Content-Type header`);
  }
  return { id, method, url, headers, body: toBody(body), dependsOn: [] };
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

function toDependencies(
  id: string,
  dependsOn: unknown,
  byId: ReadonlyMap<string, JsonBatchItem>,
): JsonBatchItem[] {
  const ids: unknown = dependsOn ?? [];
  if (!Array.isArray(ids)) {
    throw batchFault(`The 'dependsOn' of request '${shorten(id)}' must be an array of ids`);
  }
  const items = ids.map((each) => {
    const item = typeof each === 'string' ? byId.get(foldId(each)) : undefined;
    if (item !== undefined) return item;
    throw batchFault(
      `Request '${shorten(id)}' depends on '${shorten(String(each))}', and no request of the ` +
        'batch has that id',
    );
  });
  // One that is named a hundred thousand times is waited for once.
  return [...new Set(items)];
}

/**
 * Whatever depends only on what is settled is settled; where nothing more can be, the rest wait for
 * one another.
 */
function requireNoCycle(items: readonly JsonBatchItem[]): void {
  const settled = new Set<JsonBatchItem>();
  let rest = items;
  while (rest.length > 0) {
    const ready = rest.filter(({ dependsOn }) => dependsOn.every((each) => settled.has(each)));
    if (ready.length === 0) {
      const ids = rest.map(({ id }) => `'${shorten(id)}'`).join(', ');
      throw batchFault(`The requests ${ids} of the batch wait for one another`);
    }
    for (const item of ready) settled.add(item);
    rest = rest.filter((item) => !settled.has(item));
  }
}

function toObject(value: unknown, shape: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw batchFault(shape);
}

/** Nothing is ignored but annotations: what is not known could change what the others mean. */
function requireKnown(object: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const name of Object.keys(object)) {
    if (known.includes(name) || name.includes('@')) continue;
    const advice = UNSUPPORTED_MEMBERS.get(name);
    if (advice === undefined) throw batchFault(`A batch has no member '${shorten(name)}'`);
    throw new GraphError('NotImplemented', `'${name}' is not supported: ${advice}.`, {
      target: name,
    });
  }
}

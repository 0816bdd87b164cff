/** A batch as a value, whichever format it came in. */
import { GraphError, shorten } from '../errors/graph-error.js';
import type { Headers } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { MAX_PAGE_CHARACTERS } from '../odata/protocol/paging.js';

/**
 * The most requests of one batch, those of its change sets among them, where BATCH_MAX_REQUESTS
 * sets no other number: Graph's own limit, and what OData's clients send in one multipart.
 */
export const MAX_JSON_REQUESTS = 20;
export const MAX_MULTIPART_REQUESTS = 100;

/** The most bytes of one batch. */
export const MAX_BATCH_BYTES = 1_048_576;

/** The most bytes of the header fields of one item, as much as a single call may have of them. */
const MAX_ITEM_HEADER_BYTES = 32_768;

/** How much more time than a single call a batch has, waiting included. */
export const BATCH_TIME_FACTOR = 5;

/** About how long all pages in the answer to one batch may become together. */
const MAX_BATCH_PAGE_CHARACTERS = 4_194_304;

/** The share of it that each request has. */
export function toPageShare(count: number): number {
  return Math.min(MAX_PAGE_CHARACTERS, Math.floor(MAX_BATCH_PAGE_CHARACTERS / count));
}

/** One request of a batch. */
export interface BatchItem {
  /** What ties the answer to it; a part of a multipart batch may have none. */
  id: string | undefined;
  method: string;
  url: string;
  headers: Headers;
  body: ItemBody | undefined;
}

/** Its answer, whether it was served or refused. */
export interface AnsweredItem<Item extends BatchItem = BatchItem> {
  item: Item;
  answer: ODataResponse;
}

export function isFailure({ answer }: AnsweredItem): boolean {
  return answer.status >= 400;
}

/** What changes nothing. */
const READ_METHODS: readonly string[] = ['GET', 'HEAD'];

export function isRead({ method }: Pick<BatchItem, 'method'>): boolean {
  return READ_METHODS.includes(method);
}

export interface ItemBody {
  /** Throws what a single call with this body is refused with. */
  read(): unknown;
  byteLength(): number;
}

/** Ids are the same whatever their case (contract, section 5). */
export function foldId(id: string): string {
  return id.toLowerCase();
}

export function requireItemCount(count: number, most: number): void {
  if (count >= 1 && count <= most) return;
  throw batchFault(
    `A batch in this format holds 1 to ${String(most)} requests here (BATCH_MAX_REQUESTS), and ` +
      `this one holds ${String(count)}: send several`,
  );
}

const CHANGE_SET_METHODS: readonly string[] = ['POST', 'PATCH', 'PUT', 'DELETE'];

/** What is stored as a whole or not at all has nothing to read in it (Protocol 4.01, 11.7.7.4). */
export function requireChange({ method }: Pick<BatchItem, 'method'>): void {
  if (CHANGE_SET_METHODS.includes(method)) return;
  throw batchFault(`A change set holds changes only, and '${shorten(method)}' is none`);
}

/** Or nobody could tell which answer is whose, and which one a reference means. */
export function requireUniqueIds(items: readonly BatchItem[]): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (id === undefined) continue;
    if (seen.has(foldId(id))) {
      throw batchFault(`Request Id ${shorten(id)} has to be unique in a batch`);
    }
    seen.add(foldId(id));
  }
}

/** `bytes` is how long the header fields are, or have become so far. */
export function requireRoomForHeaders(bytes: number): void {
  if (bytes <= MAX_ITEM_HEADER_BYTES) return;
  throw batchFault(
    `A request of the batch has too large headers: at most ${String(MAX_ITEM_HEADER_BYTES)} ` +
      'bytes are read',
  );
}

/** A fault of the batch as a whole: nothing of it is handled. */
export function batchFault(message: string): GraphError {
  return new GraphError('BadRequest', `${message}.`);
}

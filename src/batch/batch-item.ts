/** A batch as a value, whichever format it came in. */
import { GraphError, shorten } from '../errors/graph-error.js';
import type { Headers } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { MAX_PAGE_CHARACTERS } from '../odata/protocol/paging.js';

/** The most requests of one batch, those of its change sets among them (Graph's own limit). */
export const MAX_BATCH_ITEMS = 20;

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
export interface AnsweredItem {
  item: BatchItem;
  answer: ODataResponse;
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

export function requireItemCount(count: number): void {
  if (count >= 1 && count <= MAX_BATCH_ITEMS) return;
  throw batchFault(
    `A batch holds 1 to ${String(MAX_BATCH_ITEMS)} requests, and this one holds ${String(count)}`,
  );
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

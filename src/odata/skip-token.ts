/**
 * `$skiptoken`: a position in an order (OData 4.01 Protocol, 11.2.6.7), made by the service for itself. It says behind which entity the next
 * page begins, and is sealed together with the query it belongs to: it opens nothing else.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { GraphError } from '../errors/graph-error.js';
import type { Scalar } from './expression.js';

export interface Position {
  /** The values of the order's items at the last entity, in the order's order. */
  values: readonly Scalar[];
  /** The size that the first page had, for requests that ask for none. */
  pageSize: number;
  /** The moment that `now()` was on the first page: an order made of it must not move. */
  now: string;
  /** What `$count` found on the first page, where it was asked for. */
  count?: number;
}

const SEAL_BYTES = 16;

/** Longer positions are compressed, or long texts would make links longer than URLs may be. */
const MAX_PLAIN_LENGTH = 512;

/** What a compressed position begins with, and no JSON does. */
const DEFLATED = Buffer.of(0);

/** `scope` is the text of everything that the position belongs to. */
export function sealPosition(position: Position, scope: string, key: Buffer): string {
  const { values, pageSize, now, count = null } = position;
  const text = JSON.stringify([pageSize, now, count, ...values.map(toJson)]);
  const payload =
    text.length > MAX_PLAIN_LENGTH
      ? Buffer.concat([DEFLATED, deflateRawSync(text)])
      : Buffer.from(text);
  return Buffer.concat([toSeal(payload, scope, key), payload]).toString('base64url');
}

/** Throws `Gone` for a token that was not made for this scope with this key. */
export function openPosition(token: string, scope: string, key: Buffer): Position {
  const bytes = Buffer.from(token, 'base64url');
  const payload = bytes.subarray(SEAL_BYTES);
  const isOurs =
    bytes.length > SEAL_BYTES &&
    // Base64 has several texts for one value; only the one that was given out is taken.
    bytes.toString('base64url') === token &&
    timingSafeEqual(bytes.subarray(0, SEAL_BYTES), toSeal(payload, scope, key));
  if (!isOurs) {
    throw new GraphError(
      'Gone',
      "The '$skiptoken' is not, or no longer, valid for this request: begin again at the first page, and follow each '@odata.nextLink' as it is.",
      { target: '$skiptoken' },
    );
  }
  const [pageSize, now, count, ...values] = JSON.parse(toText(payload)) as [
    number,
    string,
    number | null,
    ...JsonValue[],
  ];
  return { values: values.map(fromJson), pageSize, now, ...(count === null ? {} : { count }) };
}

function toText(payload: Buffer): string {
  const isDeflated = payload[0] === DEFLATED[0];
  return (isDeflated ? inflateRawSync(payload.subarray(1)) : payload).toString();
}

function toSeal(payload: Buffer, scope: string, key: Buffer): Buffer {
  const seal = createHmac('sha256', key);
  seal
    .update(`${String(payload.length)}.`)
    .update(payload)
    .update(scope);
  return seal.digest().subarray(0, SEAL_BYTES);
}

/** JSON has no infinities; a text alone in a list stands for the number. */
type JsonValue = string | number | null | [string];

function toJson(value: Scalar): JsonValue {
  return typeof value === 'string' || value === null ? value : [String(Number(value))];
}

function fromJson(value: JsonValue): Scalar {
  return Array.isArray(value) ? Number(value[0]) : value;
}

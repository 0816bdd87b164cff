/**
 * `$skiptoken`: a position in an order (OData 4.01 Protocol, 11.2.6.7), made by the service for
 * itself. It says behind which entity the next page begins, is encrypted, because names stand in it
 * and URLs in the logs of others, and opens nothing but the query it belongs to.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { GraphError } from '../../errors/graph-error.js';
import type { Scalar } from '../expressions/expression.js';
import { dayOf, seal, SEAL_BYTES, toDailyKey, unseal } from './sealing.js';

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

/** How long a page may be asked for. */
const MAX_AGE_SECONDS = 86_400;

/** The moment of issue, in seconds since 1970, stands in front. */
const ISSUE_BYTES = 4;
const NO_ISSUE = Buffer.alloc(ISSUE_BYTES);
const NO_ISSUE_TEXT = NO_ISSUE.toString('latin1');

/** Longer positions are compressed, or long texts would make links longer than URLs may be. */
const MAX_PLAIN_LENGTH = 512;

/** What a compressed position begins with, and no JSON does. */
const DEFLATED = Buffer.of(0);

/** `scope` is the text of everything that the position belongs to; `secret` is the database's. */
export function sealPosition(position: Position, scope: string, secret: Buffer): string {
  const { values, pageSize, now, count = null } = position;
  const text = JSON.stringify([pageSize, Date.parse(now), count, ...values.map(toJson)]);
  const plain =
    text.length > MAX_PLAIN_LENGTH
      ? Buffer.concat([NO_ISSUE, DEFLATED, deflateRawSync(text)])
      : Buffer.from(NO_ISSUE_TEXT + text);
  const seconds = readClock();
  plain.writeUInt32BE(seconds);
  return seal(plain, scope, toDailyKey(secret, dayOf(seconds))).toString('base64url');
}

/**
 * Throws `Gone` for a token that was not made for this scope with this secret, or more than a day
 * ago.
 */
export function openPosition(token: string, scope: string, secret: Buffer): Position {
  const seconds = readClock();
  const plain = unsealToken(token, scope, secret, dayOf(seconds));
  if (plain === undefined) {
    throw gone(
      "The '$skiptoken' is not, or no longer, valid for this request (it is for 24 hours, " +
        'and for the same query)',
    );
  }
  if (seconds - plain.readUInt32BE() > MAX_AGE_SECONDS) {
    throw gone("The '$skiptoken' is too old, because it was valid for 24 hours");
  }
  const text = inflateText(plain.subarray(ISSUE_BYTES));
  const [pageSize, now, count, ...values] = JSON.parse(text) as [
    number,
    number,
    number | null,
    ...JsonValue[],
  ];
  return {
    values: values.map(fromJson),
    pageSize,
    now: new Date(now).toISOString(),
    ...(count === null ? {} : { count }),
  };
}

/** A token that is not a day old was made today or yesterday. */
function unsealToken(
  token: string,
  scope: string,
  secret: Buffer,
  today: number,
): Buffer | undefined {
  const bytes = Buffer.from(token, 'base64url');
  // Base64 has several texts for one value; only the one that was given out is taken.
  if (bytes.length <= SEAL_BYTES + ISSUE_BYTES || bytes.toString('base64url') !== token) {
    return undefined;
  }
  return (
    unseal(bytes, scope, toDailyKey(secret, today)) ??
    unseal(bytes, scope, toDailyKey(secret, today - 1))
  );
}

function readClock(): number {
  return Math.floor(Date.now() / 1000);
}

function gone(fault: string): GraphError {
  return new GraphError(
    'Gone',
    `${fault}: begin again at the first page, and follow each '@odata.nextLink' as it is.`,
    { target: '$skiptoken' },
  );
}

function inflateText(payload: Buffer): string {
  const isDeflated = payload[0] === DEFLATED[0];
  return (isDeflated ? inflateRawSync(payload.subarray(1)) : payload).toString();
}

/** JSON has no infinities; a text alone in a list stands for the number. */
type JsonValue = string | number | null | [string];

function toJson(value: Scalar): JsonValue {
  return typeof value === 'string' || value === null ? value : [String(Number(value))];
}

function fromJson(value: JsonValue): Scalar {
  return Array.isArray(value) ? Number(value[0]) : value;
}

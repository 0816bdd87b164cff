/** The codings that a body may come in (RFC 9110, 8.4). */
import { createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib';

import { GraphError, shorten } from '../../errors/graph-error.js';
import { splitList } from '../../odata/protocol/header-values.js';
import { readHeader, type Headers } from '../../odata/protocol/odata-request.js';

export type Decoder = Gunzip | Inflate;

/** `deflate` is the format of zlib (8.4.1.2), and `x-gzip` another name (8.4.1.3). */
const DECODERS: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
]);

/**
 * What undoes the coding of a body; `undefined` where it has none. Throws for codings that are not
 * known, and for two of them: what is between them would want a limit, too.
 */
export function findDecoder(headers: Headers): (() => Decoder) | undefined {
  const written = readHeader(headers, 'content-encoding');
  if (written === undefined) return undefined;
  const codings = splitList(written.toLowerCase()).filter((coding) => coding !== 'identity');
  const [coding] = codings;
  if (coding === undefined) return undefined;
  const decoder = codings.length === 1 ? DECODERS.get(coding) : undefined;
  if (decoder !== undefined) return decoder;
  const advice = "once in 'gzip' or 'deflate', or as it is, without 'Content-Encoding'";
  throw unsupportedCoding(advice, 'gzip, deflate');
}

/** A request of a batch has no coding of its own, of its content or for its way. */
export function requireNoCoding(headers: Headers): void {
  const content = readHeader(headers, 'content-encoding') ?? 'identity';
  const transfer = readHeader(headers, 'transfer-encoding') ?? 'chunked';
  if (content.toLowerCase() === 'identity' && transfer.toLowerCase() === 'chunked') return;
  throw unsupportedCoding('in a batch as it is, and compress the batch as a whole', 'identity');
}

/** Programs read what is taken instead (RFC 9110, 15.5.16). */
function unsupportedCoding(advice: string, accepted: string): GraphError {
  return new GraphError(
    'UnsupportedMediaType',
    `The encoding of the body is not supported: send it ${advice}.`,
    { headers: { 'Accept-Encoding': accepted } },
  );
}

export function malformedCoding(headers: Headers, reason: string): GraphError {
  const coding = shorten(readHeader(headers, 'content-encoding') ?? '');
  return new GraphError(
    'BadRequest',
    `The body is not what its Content-Encoding '${coding}' says: ${reason}.`,
  );
}

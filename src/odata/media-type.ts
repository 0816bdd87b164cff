/**
 * Which representation the caller takes: `Accept` and `$format` (OData 4.01 Protocol, 8.2.1 and 11.2.11; RFC 9110,
 * 12.5.1). The service speaks JSON alone, in three levels of metadata.
 */
import { GraphError } from '../errors/graph-error.js';
import { splitList } from './header-list.js';

type MetadataLevel = 'none' | 'minimal' | 'full';

const METADATA_PARAMETER = /;\s*(?:odata\.)?metadata\s*=\s*"?(\w+)"?/i;
const IEEE754_PARAMETER = /;\s*IEEE754Compatible\s*=\s*"?(\w+)"?/i;
const QUALITY_PARAMETER = /;\s*q\s*=\s*([\d.]+)/i;
const JSON_RANGES: readonly string[] = ['application/json', 'application/*', '*/*'];
const TEXT_RANGES: readonly string[] = ['text/plain', 'text/*', '*/*'];
const MULTIPART_RANGES: readonly string[] = ['multipart/mixed', 'multipart/*', '*/*'];

/** JSON as the caller wants it (JSON Format 4.01, section 3). */
export interface JsonFormat {
  metadata: MetadataLevel;
  /** Whether numbers that a double may not hold (Edm.Int64, as a count is) are sent as strings. */
  isIeee754Compatible: boolean;
}

export const MINIMAL_JSON: JsonFormat = { metadata: 'minimal', isIeee754Compatible: false };

/** The Content-Type of every OData payload, spelled as Graph spells it. */
export function toContentType({ metadata, isIeee754Compatible }: JsonFormat): string {
  return `application/json;odata.metadata=${metadata};odata.streaming=true;IEEE754Compatible=${String(isIeee754Compatible)};charset=utf-8`;
}

interface MediaRange {
  rank: number;
  quality: number;
  format: JsonFormat;
}

/**
 * The form of JSON to answer with. `$format` beats `Accept`; neither means minimal metadata.
 * Throws `NotAcceptable` where nothing that the caller takes is JSON.
 */
export function parseJsonFormat(
  accept: string | undefined,
  format: string | undefined,
): JsonFormat {
  if (format !== undefined) return parseFormat(format);
  // The two spellings that nearly every client sends.
  if (accept === undefined || accept === '*/*' || accept === 'application/json')
    return MINIMAL_JSON;

  const members = splitList(accept);
  // A list of nothing asks for nothing.
  if (members.length === 0) return MINIMAL_JSON;
  const ranges = members.map(parseRange);
  const best = ranges
    .filter((range): range is MediaRange => range !== undefined && range.quality > 0)
    .sort((a, b) => b.quality - a.quality || a.rank - b.rank)[0];
  const isJsonRefused = ranges.some((range) => range?.rank === 0 && range.quality === 0);
  if (best === undefined || (isJsonRefused && best.rank !== 0)) throw notAcceptable();
  return best.format;
}

function parseFormat(format: string): JsonFormat {
  if (format.toLowerCase() === 'json') return MINIMAL_JSON;
  const range = format.includes('/') ? parseRange(format) : undefined;
  if (range?.rank !== 0) throw notAcceptable();
  return range.format;
}

/** Throws `NotAcceptable` where the caller takes no plain text, which counts and raw values are. */
export function requireTextAccepted(accept: string | undefined): void {
  if (isAccepted(accept, TEXT_RANGES)) return;
  throw new GraphError('NotAcceptable', "This is plain text: accept 'text/plain'.");
}

/** Throws `NotAcceptable` where the caller of a multipart batch does not take the same for an answer. */
export function requireMultipartAccepted(accept: string | undefined): void {
  if (isAccepted(accept, MULTIPART_RANGES)) return;
  throw new GraphError(
    'NotAcceptable',
    "The answer has the format of the batch: accept 'multipart/mixed', or send the batch in JSON.",
  );
}

/** Whether one of the ranges, the closest first, is taken. The closest that is named decides. */
function isAccepted(accept: string | undefined, ranges: readonly string[]): boolean {
  const members = splitList(accept ?? '');
  const [closest] = members
    .map((text) => ({ rank: rankOf(text, ranges), quality: qualityOf(text) }))
    .filter(({ rank }) => rank !== -1)
    .sort((a, b) => a.rank - b.rank);
  return members.length === 0 || (closest !== undefined && closest.quality > 0);
}

/** A media range that takes JSON, or `undefined` for one that does not. */
function parseRange(text: string): MediaRange | undefined {
  const rank = rankOf(text, JSON_RANGES);
  if (rank === -1) return undefined;

  const metadata = METADATA_PARAMETER.exec(text)?.[1]?.toLowerCase() ?? 'minimal';
  const ieee754 = IEEE754_PARAMETER.exec(text)?.[1]?.toLowerCase() ?? 'false';
  if (!isMetadataLevel(metadata) || (ieee754 !== 'true' && ieee754 !== 'false')) return undefined;
  const format = { metadata, isIeee754Compatible: ieee754 === 'true' };
  return { rank, quality: qualityOf(text), format };
}

/** The place of a media range among some, the closest first; -1 for none of them. */
function rankOf(text: string, ranges: readonly string[]): number {
  const [mediaType = ''] = text.split(';', 1);
  return ranges.indexOf(mediaType.trim().toLowerCase());
}

function qualityOf(text: string): number {
  return Number(QUALITY_PARAMETER.exec(text)?.[1] ?? 1);
}

function isMetadataLevel(text: string): text is MetadataLevel {
  return text === 'none' || text === 'minimal' || text === 'full';
}

function notAcceptable(): GraphError {
  return new GraphError(
    'NotAcceptable',
    "Only JSON is served here: accept 'application/json', with odata.metadata=none, minimal or full.",
  );
}

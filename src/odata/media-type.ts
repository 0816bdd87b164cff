/**
 * Which representation the caller takes: `Accept` and `$format` (OData 4.01 Protocol, 8.2.1 and 11.2.12; RFC 9110,
 * 12.5.1). The service speaks JSON alone, in three levels of metadata.
 */
import { GraphError } from '../errors/graph-error.js';
import { splitList } from './header-list.js';

export type MetadataLevel = 'none' | 'minimal' | 'full';

const METADATA_PARAMETER = /;\s*(?:odata\.)?metadata\s*=\s*"?(\w+)"?/i;
const QUALITY_PARAMETER = /;\s*q\s*=\s*([\d.]+)/i;
const JSON_RANGES: readonly string[] = ['application/json', 'application/*', '*/*'];

/** The Content-Type of every OData payload, spelled as Graph spells it. */
export function toContentType(metadata: MetadataLevel): string {
  return `application/json;odata.metadata=${metadata};odata.streaming=true;IEEE754Compatible=false;charset=utf-8`;
}

interface MediaRange {
  rank: number;
  quality: number;
  metadata: MetadataLevel | undefined;
}

/**
 * The level of metadata to answer with. `$format` beats `Accept`; neither means minimal.
 * Throws `NotAcceptable` where nothing that the caller takes is JSON.
 */
export function parseMetadataLevel(
  accept: string | undefined,
  format: string | undefined,
): MetadataLevel {
  if (format !== undefined) return parseFormat(format);
  // The two spellings that nearly every client sends.
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return 'minimal';

  const members = splitList(accept);
  // A list of nothing asks for nothing.
  if (members.length === 0) return 'minimal';
  const ranges = members.map(parseRange);
  const best = ranges
    .filter((range): range is MediaRange => range !== undefined && range.quality > 0)
    .sort((a, b) => b.quality - a.quality || a.rank - b.rank)[0];
  const isJsonRefused = ranges.some((range) => range?.rank === 0 && range.quality === 0);
  if (best === undefined || (isJsonRefused && best.rank !== 0)) throw notAcceptable();
  return best.metadata ?? 'minimal';
}

function parseFormat(format: string): MetadataLevel {
  if (format.toLowerCase() === 'json') return 'minimal';
  const range = format.includes('/') ? parseRange(format) : undefined;
  if (range?.rank !== 0) throw notAcceptable();
  return range.metadata ?? 'minimal';
}

/** A media range that takes JSON, or `undefined` for one that does not. */
function parseRange(text: string): MediaRange | undefined {
  const [mediaType = ''] = text.split(';', 1);
  const rank = JSON_RANGES.indexOf(mediaType.trim().toLowerCase());
  if (rank === -1) return undefined;

  const metadata = METADATA_PARAMETER.exec(text)?.[1]?.toLowerCase();
  if (metadata !== undefined && !isMetadataLevel(metadata)) return undefined;
  return { rank, quality: Number(QUALITY_PARAMETER.exec(text)?.[1] ?? 1), metadata };
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

/**
 * Which representation the caller takes: `Accept` and `$format` (OData 4.01 Protocol, 8.2.1 and
 * 11.2.11). The service speaks JSON alone, in three levels of metadata.
 */
import { GraphError } from '../../errors/graph-error.js';
import {
  isAccepted,
  parseMediaType,
  rangesThatTake,
  weightOf,
  type MediaType,
} from './header-values.js';

type MetadataLevel = 'none' | 'minimal' | 'full';

const JSON_TYPE = 'application/json';

/** JSON as the caller wants it (JSON Format 4.01, section 3). */
export interface JsonFormat {
  metadata: MetadataLevel;
  /** Whether numbers that a double may not hold (Edm.Int64, as a count is) are sent as strings. */
  isIeee754Compatible: boolean;
}

export const MINIMAL_JSON: JsonFormat = { metadata: 'minimal', isIeee754Compatible: false };

/** The Content-Type of every OData payload, spelled as Graph spells it. */
export function toContentType({ metadata, isIeee754Compatible }: JsonFormat): string {
  const ieee754 = String(isIeee754Compatible);
  return (
    `${JSON_TYPE};odata.metadata=${metadata};odata.streaming=true;` +
    `IEEE754Compatible=${ieee754};charset=utf-8`
  );
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
  if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) return MINIMAL_JSON;

  const ranges = rangesThatTake(JSON_TYPE, accept).flatMap((range) => {
    const form = toJsonFormat(range);
    return form === undefined ? [] : [{ ...range, form }];
  });
  const [best] = ranges.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  const isJsonRefused = ranges.some(({ distance, weight }) => distance === 0 && weight === 0);
  if (best === undefined || (isJsonRefused && best.distance !== 0)) throw notAcceptable();
  return best.form;
}

function parseFormat(format: string): JsonFormat {
  if (format.toLowerCase() === 'json') return MINIMAL_JSON;
  const mediaType = parseMediaType(format);
  const form = mediaType.name === JSON_TYPE ? toJsonFormat(mediaType) : undefined;
  if (form === undefined) throw notAcceptable();
  return form;
}

/** What a media type says about JSON, or `undefined` where there is no such JSON. */
function toJsonFormat(mediaType: MediaType): JsonFormat | undefined {
  const metadata = metadataLevelOf(mediaType);
  const ieee754 = mediaType.parameters.get('ieee754compatible')?.toLowerCase() ?? 'false';
  if (!isMetadataLevel(metadata) || (ieee754 !== 'true' && ieee754 !== 'false')) return undefined;
  return { metadata, isIeee754Compatible: ieee754 === 'true' };
}

/** Whether numbers in a body may be texts. */
export function isIeee754Compatible(contentType = ''): boolean {
  // Nearly every client sends the type alone.
  if (!contentType.includes(';')) return false;
  const { parameters } = parseMediaType(contentType);
  return parameters.get('ieee754compatible')?.toLowerCase() === 'true';
}

/** The parameter has a prefix in OData 4.0. */
function metadataLevelOf({ parameters }: MediaType): string {
  const level = parameters.get('odata.metadata') ?? parameters.get('metadata') ?? 'minimal';
  return level.toLowerCase();
}

function isMetadataLevel(text: string): text is MetadataLevel {
  return text === 'none' || text === 'minimal' || text === 'full';
}

function notAcceptable(): GraphError {
  return new GraphError(
    'NotAcceptable',
    `Only JSON is served here: accept '${JSON_TYPE}', with odata.metadata=none, minimal or full.`,
  );
}

/** Whether the caller names HTML, and would rather have it than JSON, as browsers do. */
export function prefersPage(accept: string | undefined): boolean {
  const [closest] = rangesThatTake('text/html', accept);
  return closest?.distance === 0 && closest.weight > weightOf(JSON_TYPE, accept);
}

/** Throws `NotAcceptable` where the caller takes no plain text, which raw values are. */
export function requireTextAccepted(accept: string | undefined): void {
  if (isAccepted('text/plain', accept)) return;
  throw new GraphError('NotAcceptable', "This is plain text: accept 'text/plain'.");
}

/**
 * Whether the answer to a multipart batch is to be in JSON (JSON Format 4.01, 19.5): where both
 * formats are as welcome, it has that of the batch. Throws `NotAcceptable` where neither is.
 */
export function isJsonPreferred(accept: string | undefined, format: string | undefined): boolean {
  const [multipart, json] = ['multipart/mixed', JSON_TYPE].map((type) => weightOf(type, accept));
  if (format === undefined && multipart! > 0 && multipart! >= json!) return false;
  parseJsonFormat(accept, format);
  return true;
}

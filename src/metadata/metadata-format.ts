/** In which format `$metadata` is asked for (OData 4.01 Protocol, 11.1.2; CSDL JSON 4.01, section 2.1; RFC 9110, 12.5.1). */
import { GraphError } from '../errors/graph-error.js';
import { splitList } from '../odata/header-list.js';

export type MetadataFormat = 'xml' | 'json';

/** The first is the one to answer with where the caller has no preference. */
export const METADATA_FORMATS = ['application/xml', 'application/json'] as const;

const FORMATS: readonly MetadataFormat[] = ['xml', 'json'];

/** Ranges that take a format, by how much they say about it. */
const RANGES: Readonly<Record<MetadataFormat, readonly string[]>> = {
  xml: ['*/*', 'application/*', 'application/xml'],
  json: ['*/*', 'application/*', 'application/json'],
};

const QUALITY_PARAMETER = /;\s*q\s*=\s*([\d.]+)/i;
const LEVEL_PARAMETER = /;\s*(?:odata\.)?metadata\s*=\s*"?([^\s;"]*)"?/i;

interface Choice {
  format: MetadataFormat;
  quality: number;
  specificity: number;
}

/** `$format` beats `Accept`. Throws `NotAcceptable` where neither format will do. */
export function parseMetadataFormat(
  accept: string | undefined,
  format: string | undefined,
): MetadataFormat {
  if (format !== undefined) return parseFormat(format);
  const ranges = splitList(accept ?? '');
  if (ranges.length === 0) return 'xml';
  const best = FORMATS.map((each) => judge(each, ranges))
    .filter(({ quality }) => quality > 0)
    // What is named is meant, rather than what "anything" takes as well.
    .sort((a, b) => b.quality - a.quality || b.specificity - a.specificity)[0];
  if (best === undefined) throw notAcceptable();
  return best.format;
}

/** Of the ranges that take a format, the one that says most about it counts. */
function judge(format: MetadataFormat, ranges: readonly string[]): Choice {
  let choice: Choice = { format, quality: 0, specificity: -1 };
  for (const range of ranges) {
    const specificity = RANGES[format].indexOf(toMediaType(range));
    if (specificity < choice.specificity || specificity === -1) continue;
    if (format === 'json' && asksForMore(range)) continue;
    const quality = Number(QUALITY_PARAMETER.exec(range)?.[1] ?? 1);
    const isBetter = specificity > choice.specificity || quality > choice.quality;
    if (isBetter) choice = { format, quality, specificity };
  }
  return choice;
}

function parseFormat(text: string): MetadataFormat {
  const mediaType = toMediaType(text);
  const found = FORMATS.find(
    (format) => text.toLowerCase() === format || mediaType === `application/${format}`,
  );
  if (found === undefined || (found === 'json' && asksForMore(text))) throw notAcceptable();
  return found;
}

/** The types of all values, which only `metadata=full` asks for, are not in the document. */
function asksForMore(range: string): boolean {
  const level = LEVEL_PARAMETER.exec(range)?.[1]?.toLowerCase();
  return level !== undefined && level !== 'minimal' && level !== 'none';
}

function toMediaType(text: string): string {
  return text.split(';', 1)[0]!.trim().toLowerCase();
}

function notAcceptable(): GraphError {
  return new GraphError(
    'NotAcceptable',
    `The metadata is served as ${METADATA_FORMATS.join(' and ')}: accept one of the two, JSON without odata.metadata=full.`,
  );
}

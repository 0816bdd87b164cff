/** The format of `$metadata` (OData 4.01 Protocol, 11.1.2; CSDL JSON 4.01, section 2.1). */
import { GraphError } from '../errors/graph-error.js';
import { parseMediaType, rangesThatTake, type MediaType } from '../odata/protocol/header-values.js';
import { metadataLevelOf } from '../odata/protocol/media-type.js';

export type MetadataFormat = 'xml' | 'json';

/** The first is the one to answer with where the caller has no preference. */
export const METADATA_FORMATS = ['application/xml', 'application/json'] as const;

const FORMATS: readonly MetadataFormat[] = ['xml', 'json'];

/** `$format` beats `Accept`. Throws `NotAcceptable` where neither format will do. */
export function parseMetadataFormat(
  accept: string | undefined,
  format: string | undefined,
): MetadataFormat {
  if (format !== undefined) return parseMetadataFormatOption(format);
  const [best] = FORMATS.flatMap((each) => {
    const range = rangesThatTake(toMediaType(each), accept).find((one) => isServed(each, one));
    return range === undefined || range.weight === 0 ? [] : [{ format: each, ...range }];
  })
    // What is named is meant, rather than what "anything" takes as well.
    .sort((a, b) => b.weight - a.weight || a.distance - b.distance);
  if (best === undefined) throw notAcceptable();
  return best.format;
}

function parseMetadataFormatOption(text: string): MetadataFormat {
  const mediaType = parseMediaType(text);
  const found = FORMATS.find(
    (format) => text.toLowerCase() === format || mediaType.name === toMediaType(format),
  );
  if (found === undefined || !isServed(found, mediaType)) throw notAcceptable();
  return found;
}

/** The types of all values, which only `metadata=full` asks for, are not in the document. */
function isServed(format: MetadataFormat, mediaType: MediaType): boolean {
  return format === 'xml' || ['minimal', 'none'].includes(metadataLevelOf(mediaType));
}

function toMediaType(format: MetadataFormat): string {
  return `application/${format}`;
}

function notAcceptable(): GraphError {
  return new GraphError(
    'NotAcceptable',
    `The metadata is served as ${METADATA_FORMATS.join(' and ')}: ` +
      'accept one of the two, JSON without odata.metadata=full.',
  );
}

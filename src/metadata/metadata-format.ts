/** The format of `$metadata` (OData 4.01 Protocol, 11.1.2; CSDL JSON 4.01, section 2.1). */
import { GraphError } from '../errors/graph-error.js';
import { parseMediaType, weightOf } from '../odata/protocol/header-values.js';

export type MetadataFormat = 'xml' | 'json';

const MEDIA_TYPES: Readonly<Record<MetadataFormat, string>> = {
  xml: 'application/xml',
  json: 'application/json',
};

export const METADATA_FORMATS = Object.values(MEDIA_TYPES);

/**
 * `$format` beats `Accept`. XML is for everybody who does not want JSON more: code generators ask
 * with the defaults of their HTTP client, which name JSON, and read XML alone. Parameters say
 * nothing: there is one document in JSON. Throws `NotAcceptable` where neither format will do.
 */
export function parseMetadataFormat(
  accept: string | undefined,
  format: string | undefined,
): MetadataFormat {
  if (format !== undefined) return parseMetadataFormatOption(format);
  const weightOfXml = weightOf(MEDIA_TYPES.xml, accept);
  const weightOfJson = weightOf(MEDIA_TYPES.json, accept);
  if (weightOfXml === 0 && weightOfJson === 0) throw notAcceptable();
  return weightOfXml >= weightOfJson ? 'xml' : 'json';
}

function parseMetadataFormatOption(text: string): MetadataFormat {
  const { name } = parseMediaType(text);
  const formats = Object.keys(MEDIA_TYPES) as MetadataFormat[];
  const found = formats.find((format) => name === format || name === MEDIA_TYPES[format]);
  if (found === undefined) throw notAcceptable();
  return found;
}

function notAcceptable(): GraphError {
  return new GraphError(
    'NotAcceptable',
    `The metadata is served as ${METADATA_FORMATS.join(' and ')}: accept one of the two.`,
  );
}

/** What a body must say of itself to be read. */
import { GraphError, shorten } from '../../errors/graph-error.js';
import { unsupportedContentType } from '../../errors/to-graph-error.js';
import { parseMediaType, type MediaType } from '../../odata/protocol/header-values.js';

/** The second is no registered name, and is sent. */
const UTF_8: readonly string[] = ['utf-8', 'utf8'];

const JSON_TYPE = 'application/json';

/** As nearly every client spells it: read without being taken apart. */
const USUAL_JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

/** Throws for a body that is not JSON, or not in UTF-8. */
export function requireJson(contentType: string | undefined): void {
  if (contentType === undefined) throw missingContentType();
  if (USUAL_JSON_TYPE.test(contentType)) return;
  const mediaType = parseMediaType(contentType);
  if (mediaType.name !== JSON_TYPE) throw unsupportedContentType();
  requireUtf8(mediaType);
}

/** Bytes of another charset would be read as another text. */
export function requireUtf8({ parameters }: MediaType): void {
  const charset = parameters.get('charset') ?? 'utf-8';
  if (UTF_8.includes(charset.toLowerCase())) return;
  throw new GraphError(
    'UnsupportedMediaType',
    `The charset '${shorten(charset)}' is not supported: send text in UTF-8.`,
  );
}

export function missingContentType(): GraphError {
  return new GraphError('BadRequest', "Content-Type is missing: send 'application/json'.");
}

/**
 * Multipart bodies (RFC 2046, 5.1), and header fields in front of a body (RFC 5322, 2.2), as
 * batches are made of them.
 */
import { shorten } from '../errors/graph-error.js';
import { parseMediaType } from '../odata/protocol/header-values.js';
import { batchFault, requireItemCount, requireRoomForHeaders } from './batch-item.js';

export interface Message {
  /** By name in lower case. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

const MAX_BOUNDARY_LENGTH = 70;
/**
 * A control character in a value, such as a lone CR, would pass for a line end where the value is
 * repeated (RFC 9110, 5.5).
 */
const FIELD = /^([!#$%&'*+\-.^_`|~\w]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** Throws where the media type says no boundary. */
export function readBoundary(contentType: string): string {
  const boundary = parseMediaType(contentType).parameters.get('boundary');
  if (boundary !== undefined && boundary.length <= MAX_BOUNDARY_LENGTH) return boundary;
  throw batchFault(
    "The Content-Type must be 'multipart/mixed; boundary=…', with 1 to 70 characters",
  );
}

/**
 * The texts between the boundaries, so many at most; what is before the first and behind the last
 * is nothing.
 */
export function splitParts(text: string, boundary: string, most: number): string[] {
  const delimiter = new RegExp(
    // The line end behind one boundary can be the one before the next: it is looked at, not taken.
    `(?:^|\\r?\\n)--${boundary.replace(/\W/g, '\\$&')}(--)?[ \\t]*(?=\\r?\\n|$)`,
    'g',
  );
  const parts: string[] = [];
  let start: number | undefined;
  for (const match of text.matchAll(delimiter)) {
    if (start !== undefined) parts.push(text.slice(start, match.index).replace(/^\r?\n/, ''));
    if (match[1] !== undefined) return parts;
    if (parts.length > most) requireItemCount(parts.length, most);
    start = match.index + match[0].length;
  }
  throw batchFault(
    `The multipart body does not end with its closing boundary '--${shorten(boundary)}--'`,
  );
}

/** Header fields up to an empty line, and what is behind it. A field given twice is refused. */
export function parseMessage(text: string): Message {
  const headers = new Map<string, string>();
  let at = 0;
  for (;;) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found;
    requireRoomForHeaders(end);
    const line = text.slice(at, end).replace(/\r$/, '');
    at = Math.min(end + 1, text.length);
    if (line === '') return { headers, body: text.slice(at) };
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw batchFault(`'${shorten(line)}' in a part of the batch is no header field`);
    }
    if (headers.has(name.toLowerCase())) {
      throw batchFault(`A part of the batch has the header '${shorten(name)}' twice`);
    }
    headers.set(name.toLowerCase(), value.trim());
  }
}

/**
 * The path of a URL as OData reads it (4.01 URL Conventions, section 2): split at the slashes
 * first, percent-decoded after, so that `%2F` inside a key is data.
 *
 *     path    = [ 1*"/" ( "v1.0" / "beta" ) ] *( 1*"/" segment ) [ "/" ]
 *     keyed   = name "/" key  /  name "('" key "')"  /  name "(id='" key "')"
 */
import { GraphError } from '../../errors/graph-error.js';

type VersionPrefix = '' | '/v1.0' | '/beta';

export interface ResourcePath {
  versionPrefix: VersionPrefix;
  segments: readonly string[];
}

/** What a URL names, as far as routing is concerned. Each feature adds the keys it found. */
export interface Resource {
  /** Which feature's it is. */
  kind: string;
  versionPrefix: VersionPrefix;
  /** The route that serves the resource, in the one spelling the router knows. */
  routePath: string;
  /** Of a collection: its member with a key. */
  member?: (key: string) => Resource;
  /** Of a member, or what is in one: what it belongs to. */
  of?: Resource;
}

/**
 * A step along a path: the key behind a collection's name, if there is one, and where the path goes
 * on.
 */
export interface CollectionStep {
  key: string | undefined;
  next: number;
}

const KEY_PREDICATE = /^\s*(?:id\s*=\s*)?'((?:[^']|'')*)'\s*$/isu;
const TYPE_CAST = /^microsoft\.graph\.\w+$/i;

/** A URL without its origin, at the first `?`. */
export function splitQuery(url: string): { path: string; query: string | undefined } {
  const at = url.indexOf('?');
  return at === -1
    ? { path: url, query: undefined }
    : { path: url.slice(0, at), query: url.slice(at + 1) };
}

/**
 * Empty segments in front of others are dropped, but for one where a key is expected: another
 * segment must not be taken for the key. `isCollection` knows the names that a key can stand
 * behind.
 */
export function parseResourcePath(
  path: string,
  isCollection: (segment: string) => boolean = () => false,
): ResourcePath {
  const written = path.split('/').slice(1).map(decodeSegment);
  // Graph takes one trailing slash for none.
  if (written.at(-1) === '') written.pop();

  const segments = written.includes('') ? dropEmpty(written, isCollection) : written;
  const first = segments[0]?.toLowerCase();
  if (first === 'v1.0' || first === 'beta') {
    return { versionPrefix: `/${first}`, segments: segments.slice(1) };
  }
  return { versionPrefix: '', segments };
}

function dropEmpty(
  written: readonly string[],
  isCollection: (segment: string) => boolean,
): string[] {
  const last = written.findLastIndex((segment) => segment !== '');
  let isKey = false;
  return written.filter((segment, at) => {
    if (segment === '' && !isKey && at < last) return false;
    // What is a key is not the name of a collection, however it reads.
    isKey = !isKey && isCollection(segment);
    return true;
  });
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new GraphError('BadRequest', 'The URL is malformed: percent-encode its path as UTF-8.', {
      cause,
    });
  }
}

/**
 * Whether a segment says `name`. Names in paths are compared without regard to case, as Graph does.
 */
export function isNamed(segment: string | undefined, name: string): boolean {
  // Nearly every client spells it as the documentation does.
  return segment === name || segment?.toLowerCase() === name.toLowerCase();
}

/** Whether a segment is a type cast, such as `microsoft.graph.iosUpdateConfiguration`. */
export function isTypeCast(segment: string | undefined): boolean {
  return segment !== undefined && TYPE_CAST.test(segment);
}

/**
 * Reads a collection's name at `at`, with the key in parentheses or in the segment behind it.
 * Returns `undefined` where the path names something else. A segment that OData reserves (`$count`,
 * a type cast) is no key; in parentheses it can be one.
 */
export function readCollection(
  segments: readonly string[],
  at: number,
  name: string,
): CollectionStep | undefined {
  const segment = segments[at];
  if (segment === undefined) return undefined;

  if (isNamed(segment, name)) {
    const key = segments[at + 1];
    const isKey = key !== undefined && !key.startsWith('$') && !isTypeCast(key);
    return isKey ? { key, next: at + 2 } : { key: undefined, next: at + 1 };
  }

  if (!isNamed(segment.slice(0, name.length + 1), `${name}(`)) return undefined;
  const predicate = segment.endsWith(')') ? segment.slice(name.length + 1, -1) : '';
  const key = KEY_PREDICATE.exec(predicate)?.[1];
  if (key === undefined) {
    throw new GraphError(
      'BadRequest',
      `The key behind '${name}' is malformed: write ${name}('key'), with '' for a quote in ` +
        'the key.',
    );
  }
  return { key: key.replaceAll("''", "'"), next: at + 1 };
}

/** A key as it stands in a URL: quotes doubled, then percent-encoded. */
export function toKeyPredicate(key: string): string {
  return `('${encodeURIComponent(key.replaceAll("'", "''"))}')`;
}

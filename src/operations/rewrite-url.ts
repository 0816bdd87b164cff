import type { IncomingMessage } from 'node:http';

import { GraphError } from '../errors/graph-error.js';
import {
  isNamed,
  parseResourcePath,
  splitQuery,
  type Resource,
} from '../odata/protocol/resource-path.js';
import type { ResourceFinder } from './resource-finder.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** What the URL names, where it names a resource of ours. */
    resource?: Resource;
    /** The path of a URL that names nothing, where the router would not know better. */
    unknownPath?: string;
    /** Why the URL is refused. Kept until the hooks run, because the router must not throw. */
    refusal?: GraphError;
    /**
     * The authority of a request line in absolute form, which beats the Host header (RFC 9112,
     * 3.2.2).
     */
    authority?: string;
  }
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/**
 * Every spelling that OData has for one resource (version prefixes, keys in parentheses, casts,
 * letter case) becomes the one spelling that the router knows. Below `root` and the version
 * prefixes the finder alone says what there is.
 */
export function createUrlRewriter(
  root: string,
  find: ResourceFinder,
): (raw: IncomingMessage) => string {
  return (raw) => {
    const url = toOriginForm(raw);
    const { path, query } = splitQuery(url);
    try {
      const resource = find(path);
      if (resource === undefined) {
        const { versionPrefix, segments } = parseResourcePath(path);
        if (versionPrefix === '' && !isNamed(segments[0], root)) return url;
        raw.unknownPath = path;
        return '/';
      }
      raw.resource = resource;
      return query === undefined ? resource.routePath : `${resource.routePath}?${query}`;
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      raw.refusal = error;
      return '/';
    }
  };
}

function toOriginForm(raw: IncomingMessage): string {
  const url = raw.url ?? '/';
  if (url.startsWith('/')) return url;
  const absolute = ABSOLUTE_FORM.exec(url);
  if (absolute === null) return url;
  raw.authority = absolute[1]!;
  const rest = url.slice(absolute[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

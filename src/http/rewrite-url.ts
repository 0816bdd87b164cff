import type { IncomingMessage } from 'node:http';

import { LRUCache } from 'lru-cache';

import { GraphError } from '../errors/graph-error.js';
import {
  isNamed,
  parseResourcePath,
  splitQuery,
  type Resource,
  type ResourcePath,
} from '../odata/resource-path.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** What the URL names, where it names a resource of ours. */
    resource?: Resource;
    /** Why the URL names nothing. Kept until the hooks run, because the router must not throw. */
    refusal?: GraphError;
    /** The authority of a request line in absolute form, which beats the Host header (RFC 9112, 3.2.2). */
    authority?: string;
  }
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/** Collections are written to again and again: what the paths last asked for name is remembered, where they are not too long. */
const MAX_KNOWN_PATHS = 1000;
const MAX_KNOWN_LENGTH = 512;

/** Finds the resource a path names; `undefined` where the path is none of the finder's. */
export type ResourceFinder = (path: ResourcePath) => Resource | undefined;

/**
 * Every spelling that OData has for one resource (version prefixes, keys in parentheses, casts, letter case) becomes the
 * one spelling that the router knows. Below `root` and the version prefixes the finder alone says what there is.
 */
export function createUrlRewriter(
  root: string,
  find: ResourceFinder,
): (raw: IncomingMessage) => string {
  const known = new LRUCache<string, Resource>({ max: MAX_KNOWN_PATHS });
  return (raw) => {
    const url = toOriginForm(raw);
    const { path: written, query } = splitQuery(url);
    const resource = known.get(written);
    if (resource !== undefined) return route(raw, resource, query);
    try {
      const path = parseResourcePath(written);
      const resource = find(path);
      if (resource === undefined) {
        if (path.versionPrefix === '' && !isNamed(path.segments[0], root)) return url;
        throw noSuchResource();
      }
      if (written.length <= MAX_KNOWN_LENGTH) known.set(written, resource);
      return route(raw, resource, query);
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      raw.refusal = error;
      return '/';
    }
  };
}

function route(raw: IncomingMessage, resource: Resource, query: string | undefined): string {
  raw.resource = resource;
  return query === undefined ? resource.routePath : `${resource.routePath}?${query}`;
}

function toOriginForm(raw: IncomingMessage): string {
  const url = raw.url ?? '/';
  const absolute = ABSOLUTE_FORM.exec(url);
  if (absolute === null) return url;
  raw.authority = absolute[1]!;
  const rest = url.slice(absolute[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

export function noSuchResource(): GraphError {
  return new GraphError(
    'ResourceNotFound',
    'There is no resource at this URL: check its path against the README.',
  );
}

import { LRUCache } from 'lru-cache';

import {
  parseResourcePath,
  type Resource,
  type ResourcePath,
} from '../odata/protocol/resource-path.js';

/**
 * Collections are written to and read again and again: what the paths last asked for name is
 * remembered, where they are not too long.
 */
const MAX_KNOWN_PATHS = 4000;
const MAX_KNOWN_LENGTH = 512;

/**
 * What can only be a key behind a collection: nothing that OData reserves, and nothing that is
 * encoded.
 */
const PLAIN_KEY = /^[\w-]{1,128}$/;

/**
 * The resource that the path of a URL names; `undefined` where there is none. Throws for a path
 * that is malformed.
 */
export type ResourceFinder = (path: string) => Resource | undefined;

/**
 * Remembers what paths name, and of a collection that is known all members: there may be millions,
 * and to remember some would cost the others more than it saves. `isCollection` knows the names
 * that a key can stand behind.
 */
export function createResourceFinder(
  find: (path: ResourcePath) => Resource | undefined,
  isCollection: (segment: string) => boolean,
): ResourceFinder {
  const known = new LRUCache<string, Resource>({ max: MAX_KNOWN_PATHS });

  return (path) => {
    const member = splitMember(path);
    const collection = member && known.get(member.collection);
    if (collection?.member !== undefined) return collection.member(member!.key);
    return known.get(path) ?? findAnew(path);
  };

  function findAnew(written: string): Resource | undefined {
    // A part of a text keeps all of it alive: what is remembered may not be a part of a URL with
    // its query.
    const path = Buffer.from(written).toString();
    const resource = find(parseResourcePath(path, isCollection));
    if (resource === undefined || path.length > MAX_KNOWN_LENGTH) return resource;
    const member = splitMember(path);
    if (resource.of === undefined) known.set(path, resource);
    else if (resource.of.member && member) known.set(member.collection, resource.of);
    return resource;
  }
}

/**
 * A path that ends with a plain key, as a segment or in parentheses. Behind an empty segment it may
 * be none.
 */
function splitMember(path: string): { collection: string; key: string } | undefined {
  const isInParentheses = path.endsWith("')");
  const end = isInParentheses ? path.lastIndexOf("('") : path.lastIndexOf('/');
  const key = isInParentheses ? path.slice(end + 2, -2) : path.slice(end + 1);
  const isMember = end > 0 && path.charAt(end - 1) !== '/' && PLAIN_KEY.test(key);
  return isMember ? { collection: path.slice(0, end), key } : undefined;
}

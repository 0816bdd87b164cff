import { NAVIGATIONS } from '../entity-sets/collection.js';

/**
 * A place on the ways that `NAVIGATIONS` lists: the device configuration itself, or a certificate
 * below it.
 */
export interface Step {
  /** The names that lead here from the device configuration; none for itself. */
  path: readonly string[];
  /** Whether collections are here; a way can lead through a place without them. */
  hasCollections: boolean;
  /** The names that lead on. */
  next: readonly string[];
}

const WAYS: readonly (readonly string[])[] = NAVIGATIONS.map(({ segments }) => segments);

/** Every place once, each behind the one that it is reached from. */
export const STEPS: readonly Step[] = [...new Set(WAYS.flatMap(toPlaces))]
  .sort()
  .map((place) => (place === '' ? [] : place.split('/')))
  .map((path) => ({
    path,
    hasCollections: WAYS.some((way) => joinPath(way) === joinPath(path)),
    next: toNext(path),
  }));

/** The places that a way passes, its two ends among them. */
function toPlaces(way: readonly string[]): string[] {
  return [...way.keys(), way.length].map((n) => joinPath(way.slice(0, n)));
}

function toNext(path: readonly string[]): string[] {
  const beyond = WAYS.filter(
    (way) => way.length > path.length && joinPath(way.slice(0, path.length)) === joinPath(path),
  );
  return [...new Set(beyond.map((way) => way[path.length]!))];
}

function joinPath(path: readonly string[]): string {
  return path.join('/');
}

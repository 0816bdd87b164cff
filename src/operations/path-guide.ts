/** Says of a path that names nothing where it goes wrong, and what would fit there. */
import { closestMatch } from 'leven';

import { GraphError, shorten } from '../errors/graph-error.js';
import { isNamed, isTypeCast, parseResourcePath } from '../odata/protocol/resource-path.js';

/** One place in the tree of all routes. */
class Place {
  readonly names = new Map<string, Place>();
  /** What stands for any key, or for any name that the tree does not know. */
  key: { name: string; place: Place } | undefined;
  isRoute = false;
  /** Whether there is a resource here or further on, which the version prefixes have, too. */
  isVersioned = false;
}

/** Names that are further from what was written were not meant. */
const MAX_DISTANCE = 3;
const MAX_MISSPELT_LENGTH = 40;

export class PathGuide {
  private readonly root = new Place();

  /** Takes a route, such as `deviceManagement/deviceConfigurations/:id`. */
  add(route: string, isVersioned: boolean): void {
    let place = this.root;
    for (const segment of route.split('/')) {
      if (segment === '') continue;
      place = segment.startsWith(':') ? addKey(place, segment.slice(1)) : addName(place, segment);
      place.isVersioned ||= isVersioned;
    }
    place.isRoute = true;
  }

  /** The refusal of a path for which no route was found. */
  refuse(path: string, isInBatch = false): GraphError {
    const { versionPrefix, segments: written } = parseResourcePath(path);
    const segments = written.filter((segment) => segment !== '');
    const isVersioned = isInBatch || versionPrefix !== '';
    let walked = versionPrefix === '' ? '/' : versionPrefix;
    let place = this.root;
    for (const [i, segment] of segments.entries()) {
      const next = isTypeCast(segment) ? place : step(place, segment, isVersioned);
      const isLast = i === segments.length - 1;
      // The router takes no slash more or less where there is no resource of OData.
      if (isLast && !isVersioned && next?.isRoute && !next.isVersioned) {
        return noSuchResource(`write '${walked === '/' ? '' : walked}/${shorten(segment)}'.`);
      }
      // What only looks like a key was known to be none.
      const isUnfit = isLast && next?.isRoute;
      if (next === undefined || isUnfit) {
        return noSuchResource(toUnfit(segment, walked, fittingOf(place, isVersioned)));
      }
      walked = `${walked === '/' ? '' : walked}/${segment}`;
      place = next;
    }
    const names = fittingOf(place, isVersioned).join(', ');
    return noSuchResource(`'${shorten(walked)}' has to go on with one of: ${names}.`);
  }
}

export function noSuchResource(where = 'check its path against the README.'): GraphError {
  return new GraphError('ResourceNotFound', `There is no resource at this URL: ${where}`);
}

function toUnfit(segment: string, walked: string, fitting: readonly string[]): string {
  const fault = `'${shorten(segment)}' does not fit behind '${shorten(walked)}'.`;
  if (fitting.length === 0) return `${fault} Nothing does.`;
  const options = { maxDistance: MAX_DISTANCE };
  const meant =
    segment.length <= MAX_MISSPELT_LENGTH ? closestMatch(segment, fitting, options) : undefined;
  const question = meant === undefined ? '' : ` Did you mean '${meant}'?`;
  return `${fault}${question} What fits there: ${fitting.join(', ')}.`;
}

/** Names, and `{id}` for a key. */
function fittingOf({ names, key }: Place, isVersioned: boolean): string[] {
  const fitting = [...names].filter(([, place]) => place.isVersioned || !isVersioned);
  return [...fitting.map(([name]) => name), ...(key === undefined ? [] : [`{${key.name}}`])];
}

/** What a segment leads to: a name, a name with its key in parentheses, or a key. */
function step(place: Place, segment: string, isVersioned: boolean): Place | undefined {
  for (const [name, next] of place.names) {
    if (isVersioned && !next.isVersioned) continue;
    if (isNamed(segment, name)) return next;
    if (next.key && isNamed(segment.slice(0, name.length + 1), `${name}(`)) return next.key.place;
  }
  return segment === '' || segment.startsWith('$') ? undefined : place.key?.place;
}

function addName({ names }: Place, name: string): Place {
  const place = names.get(name) ?? new Place();
  names.set(name, place);
  return place;
}

function addKey(place: Place, name: string): Place {
  place.key ??= { name, place: new Place() };
  return place.key.place;
}

/**
 * Names of query options that are almost certainly meant for one of OData's. A custom option, which
 * OData has ignored (URL Conventions 4.01, 5.2), looks like none of them.
 */
import leven from 'leven';

/** What other conventions call the options, in lower case and without `-` and `_`. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  limit: 'top',
  pagesize: 'top',
  perpage: 'top',
  take: 'top',
  offset: 'skip',
  page: 'skip',
  sort: 'orderby',
  sortby: 'orderby',
  fields: 'select',
  where: 'filter',
  q: 'search',
};

/** Longer names are nearly nothing of ours. */
const MAX_MISSPELT_LENGTH = 24;

/** The one of `options` that `name`, with or without `$`, is almost certainly meant for. */
export function findIntended(name: string, options: readonly string[]): string | undefined {
  if (name.length > MAX_MISSPELT_LENGTH) return undefined;
  const bare = name.toLowerCase().replaceAll(/[$\-_ ]/g, '');
  const meant = Object.hasOwn(FOREIGN_NAMES, bare) ? FOREIGN_NAMES[bare]! : bare;
  return options.find((option) => option === meant || isSlip(bare, option));
}

/**
 * Letters that changed places, or one too many, too few or wrong; in a long name two. A short word
 * with another letter is another word: `mount` is not meant for `count`.
 */
function isSlip(name: string, option: string): boolean {
  const distance = leven(name, option, { maxDistance: 3 });
  if (name.length === option.length && distance <= 2) {
    return option.length > 5 ? distance === 1 || isAnagram(name, option) : isAnagram(name, option);
  }
  return option.length > 3 && distance <= (option.length > 6 ? 2 : 1);
}

function isAnagram(one: string, other: string): boolean {
  return sortLetters(one) === sortLetters(other);
}

function sortLetters(word: string): string {
  return Array.from(word).sort().join('');
}

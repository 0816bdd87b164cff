/**
 * Variables that are no settings, but look so much like one that somebody meant it: written in
 * another case or with other separators, one edit away, or with another last word (`TLS_CERT`,
 * `REQUEST_TIMEOUT_MS`). What only begins alike is left alone: an environment is full of it.
 */
const SEPARATORS = /[_.-]+/;
const LEAST_WORDS_IN_FRONT = 2;

/** One edit away from a name as short as `PORT` are words of others: `POST`, `SORT`. */
const MAX_SHORT_LENGTH = 4;

/** What programs that people sign in to are configured by. */
const OF_OTHERS: readonly string[] = ['AUTH_CLIENT_ID'];

/** A warning for each. What is blank counts as absent. */
export function warnOfNearNames(env: NodeJS.Dict<string>, known: readonly string[]): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    if (value.trim() === '' || known.includes(name)) return [];
    const meant = known.find((setting) => isNear(name, setting));
    return meant === undefined
      ? []
      : [`'${name}' is no setting and is not read: '${meant}' is one`];
  });
}

function isNear(name: string, setting: string): boolean {
  if (OF_OTHERS.includes(name)) return false;
  if (setting.length <= MAX_SHORT_LENGTH) return isNearShort(name.toUpperCase(), setting);
  const [words, settingWords] = [toWords(name), toWords(setting)];
  return (
    isOneEditAtMost(words.join(''), settingWords.join('')) || isAlikeToLastWord(words, settingWords)
  );
}

/** The same in another case, with a letter behind it, or with two neighbours that swapped. */
function isNearShort(name: string, setting: string): boolean {
  if (name.startsWith(setting)) return name.length <= setting.length + 1;
  return (
    Array.from(name).sort().join('') === Array.from(setting).sort().join('') &&
    isOneEditAtMost(name, setting)
  );
}

function toWords(name: string): string[] {
  return name.toUpperCase().split(SEPARATORS);
}

/** A letter more, less or another, or two neighbours in the wrong order. */
function isOneEditAtMost(a: string, b: string): boolean {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const [restOfA, restOfB] = [a.slice(same), b.slice(same)];
  const [first = '', second = ''] = restOfA;
  return (
    restOfA.slice(1) === restOfB ||
    restOfA === restOfB.slice(1) ||
    restOfA.slice(1) === restOfB.slice(1) ||
    second + first + restOfA.slice(2) === restOfB
  );
}

function isAlikeToLastWord(words: readonly string[], settingWords: readonly string[]): boolean {
  const front = settingWords.slice(0, -1);
  return (
    front.length >= LEAST_WORDS_IN_FRONT &&
    words.length <= settingWords.length &&
    front.every((word, i) => word === words[i])
  );
}

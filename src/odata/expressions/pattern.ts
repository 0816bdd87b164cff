/**
 * An ECMAScript regular expression, as the linear-time engine reads it (RE2's syntax). What the two
 * write differently is rewritten: `\uXXXX`, and the classes that know more white space and line
 * ends than RE2's.
 */

/**
 * The longest pattern that is compiled, in characters (UTF-16 units): a repetition of few can
 * compile to thousands of steps.
 */
export const MAX_PATTERN_LENGTH = 512;

/**
 * How many steps all patterns of one request compile to. A text is matched in a time that grows
 * with both lengths, its own and the pattern's, and `(a{999}b{999})` has 16 characters and 2,000
 * steps.
 */
export const MAX_PATTERN_STEPS = 1000;

/**
 * How many characters the ranges in the classes of a request's patterns span, where both cases are
 * matched: the engine looks each of them up, one after the other, when it compiles. Two classes of
 * nearly all characters fit.
 */
export const MAX_FOLDED_CHARACTERS = 300_000;

/** The engine looks up no others: below and above there are no letters that have a case. */
const FIRST_CASED = 0x41;
const LAST_CASED = 0x1e943;

const LINE_END = String.raw`\n\r\x{2028}\x{2029}`;
const SPACES =
  String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}` +
  String.raw`\x{202f}\x{205f}\x{3000}\x{feff}`;

/** The rest of the characters: within a class, a class cannot be negated. */
const OTHERS =
  String.raw`\x00-\x08\x0e-\x1f!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}` +
  String.raw`\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}` +
  String.raw`\x{ff00}-\x{10ffff}`;

/** The pattern with its flags in front, for the engine. */
export function toLinearPattern(source: string, flags: string): string {
  let isInClass = false;
  const body = source.replace(
    /\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\u\{([\da-f]+)\}|\\u([\da-f]{4})|\\([sS/])|\\[^]|\[|\]|\./giu,
    (part, high?: string, low?: string, braced?: string, four?: string, letter?: string) => {
      // A pair of surrogates is one character.
      if (low !== undefined) {
        const pair = String.fromCharCode(parseInt(high!, 16), parseInt(low, 16));
        return `\\x{${pair.codePointAt(0)!.toString(16)}}`;
      }
      const hex = braced ?? four;
      if (hex !== undefined) return `\\x{${hex}}`;
      if (letter === '/') return letter;
      if (letter === 's') return isInClass ? SPACES : `[${SPACES}]`;
      if (letter === 'S') return isInClass ? OTHERS : `[^${SPACES}]`;
      if (part === '.' && !isInClass) return flags.includes('s') ? '(?s:.)' : `[^${LINE_END}]`;
      if (part === '[') isInClass = true;
      if (part === ']') isInClass = false;
      return part;
    },
  );
  const modes = [...new Set(flags)].filter((flag) => flag === 'i' || flag === 'm').join('');
  return modes === '' ? body : `(?${modes})${body}`;
}

const CLASS_CHARACTER = String.raw`\\x\{[\da-f]+\}|\\x[\da-f]{2}|\\[^]|[^\\\]]`;
const RANGE = new RegExp(`(${CLASS_CHARACTER})-(${CLASS_CHARACTER})`, 'giu');

/**
 * The highest that an escape which is not hexadecimal can stand for: an octal one, of three digits.
 */
const MAX_OCTAL = 0o777;

/**
 * How many characters the engine has to look up to compile a pattern; rather too many than too few.
 */
export function countFoldedCharacters(linear: string): number {
  if (!/\(\?[a-z]*i/i.test(linear)) return 0;
  let count = 0;
  for (const [, from, to] of linear.matchAll(RANGE)) {
    const first = Math.max(toCodePoint(from!, 0), FIRST_CASED);
    const last = Math.min(toCodePoint(to!, MAX_OCTAL), LAST_CASED);
    const isWhole = first === FIRST_CASED && last === LAST_CASED;
    if (!isWhole) count += Math.max(last - first + 1, 0);
  }
  return count;
}

function toCodePoint(written: string, otherwise: number): number {
  if (!written.startsWith('\\')) return written.codePointAt(0)!;
  const [, hex] = /^\\x\{?([\da-f]+)/i.exec(written) ?? [];
  return hex === undefined ? otherwise : parseInt(hex, 16);
}

/**
 * An ECMAScript regular expression, as the linear-time engine reads it (RE2's syntax). What the two write differently is
 * rewritten: `\uXXXX`, and the classes that know more white space and line ends than RE2's.
 */

/** The longest pattern that is compiled, in characters (UTF-16 units): a repetition of few can compile to thousands of steps. */
export const MAX_PATTERN_LENGTH = 512;

const LINE_END = String.raw`\n\r\x{2028}\x{2029}`;
const SPACES = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;

/** The rest of the characters: within a class, a class cannot be negated. */
const OTHERS = String.raw`\x00-\x08\x0e-\x1f!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;

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

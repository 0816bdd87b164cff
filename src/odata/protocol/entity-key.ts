/** The most characters (Unicode code points) a key may have. */
export const MAX_KEY_LENGTH = 256;

/**
 * At least one character, and no control character (Unicode's Cc): for readers of JSON Schema too,
 * so without flags.
 */
export const KEY_PATTERN = String.raw`^[^\u0000-\u001f\u007f-\u009f]+$`;
const KEY = new RegExp(KEY_PATTERN, 'u');

/** Whether a text has at most `max` characters, counted as Unicode code points. */
export function hasAtMostCharacters(text: string, max: number): boolean {
  if (text.length <= max) return true;
  // A code point takes at most two UTF-16 units, so a longer text need not be counted.
  if (text.length > 2 * max) return false;
  let count = 0;
  for (const character of text) if (character !== '') count += 1;
  return count <= max;
}

/** Whether a text can be a key: 1 to 256 characters, no control character, no lone surrogate. */
export function isEntityKey(text: string): boolean {
  return KEY.test(text) && hasAtMostCharacters(text, MAX_KEY_LENGTH) && text.isWellFormed();
}

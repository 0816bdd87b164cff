/** JSON, written as text piece by piece. */

/**
 * What a string cannot hold as it is: quotes, backslashes, controls; surrogates, because one alone
 * has to be escaped.
 */
const ESCAPED = new RegExp(String.raw`["\\\u0000-\u001f\ud800-\udfff]`);

/**
 * A string, or null, as JSON has it. Most strings need nothing but quotes, which is found sooner
 * than done by JSON.stringify.
 */
export function toJsonString(text: string | null): string {
  if (text === null) return 'null';
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * JSON as a contract: what would vanish silently is refused instead (RFC 8259, sections 4 and 8.1).
 * Invalid UTF-8 would become U+FFFD, and of two members with one name JSON.parse keeps one.
 */
import { isUtf8 } from 'node:buffer';

import { GraphError, shorten } from '../../errors/graph-error.js';

/** How deep arrays and objects may be nested. */
export const MAX_JSON_DEPTH = 32;

export function parseStrictJson(bytes: Buffer, maxDepth = MAX_JSON_DEPTH): unknown {
  if (!isUtf8(bytes)) throw refusal('The request body is not valid UTF-8.');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') throw refusal('The request body is empty: send a JSON object.');

  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refusal(`The request body is not valid JSON: ${(cause as Error).message}.`, cause);
  }
  checkStructure(text, maxDepth);
  return value;
}

/**
 * Throws for what is nested too deeply, and for a name that an object has twice. Relies on `text`
 * being valid JSON: only what ends a string, a colon and brackets mean something here.
 */
function checkStructure(text: string, maxDepth: number): void {
  // The names that each open object has so far; arrays, and objects at first, have none.
  const open: (Set<string> | undefined)[] = [];
  let start = 0;
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charAt(at)) {
      case '"':
        start = at;
        end = findClosingQuote(text, at);
        at = end;
        break;
      case ':': {
        const name = readName(text.slice(start, end + 1));
        const names = (open[open.length - 1] ??= new Set());
        if (names.has(name)) throw namedTwice(name);
        names.add(name);
        break;
      }
      case '{':
      case '[':
        if (open.push(undefined) > maxDepth) throw tooDeep(maxDepth);
        break;
      case '}':
      case ']':
        open.pop();
    }
  }
}

/** Not by a regular expression: its stack would overflow in a string of some megabytes. */
function findClosingQuote(text: string, opening: number): number {
  for (let at = opening + 1; ; at += 1) {
    at = text.indexOf('"', at);
    let backslashes = 0;
    while (text.charAt(at - 1 - backslashes) === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
}

/** Two spellings of one name, with escapes and without, are the same name. */
function readName(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

function namedTwice(name: string): GraphError {
  return refusal(`The request body is ambiguous: it names '${shorten(name)}' twice in one object.`);
}

function tooDeep(maxDepth: number): GraphError {
  return refusal(`The request body is nested more than ${String(maxDepth)} levels deep.`);
}

function refusal(message: string, cause?: unknown): GraphError {
  return new GraphError('BadRequest', message, { cause });
}

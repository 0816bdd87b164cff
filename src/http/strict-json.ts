/**
 * JSON as a contract: what JSON.parse forgives silently is not forgiven here (RFC 8259, sections 4, 6 and 8.1). Invalid UTF-8
 * would become U+FFFD, and of two members with one name the first would vanish: both are refused. A number that a double cannot
 * hold would be rounded: it becomes Infinity, which no property takes, so that the one who asks for it names the fault.
 */
import { isUtf8 } from 'node:buffer';

import { GraphError, shorten } from '../errors/graph-error.js';

/** How deep arrays and objects may be nested. */
export const MAX_JSON_DEPTH = 32;

/** A decimal of so many characters, without an exponent, is never rounded beyond recognition by a double. */
const SAFE_DECIMAL_LENGTH = 15;

/** Longer numbers are not read at all. */
const MAX_NUMBER_LENGTH = 400;

const QUOTE = 0x22;
const COLON = 0x3a;
/** Valid JSON, and beyond every double. */
const INFINITY = '1e999';
const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy;

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
  const { names, inexact } = scan(text, maxDepth);
  // JSON.parse keeps one of the members that share a name.
  if (names > countMembers(value)) throw namedTwice(text);
  return inexact.length === 0 ? value : JSON.parse(replaceAll(text, inexact, INFINITY));
}

interface Span {
  start: number;
  end: number;
}

/** Counts the names of members, and finds the numbers that a double cannot hold. Throws for what is nested too deeply. */
function scan(text: string, maxDepth: number): { names: number; inexact: readonly Span[] } {
  const inexact: Span[] = [];
  let names = 0;
  let depth = 0;
  walk(text, {
    open() {
      depth += 1;
      if (depth <= maxDepth) return;
      throw refusal(`The request body is nested more than ${String(maxDepth)} levels deep.`);
    },
    close() {
      depth -= 1;
    },
    name() {
      names += 1;
    },
    number(number, start) {
      if (!isExact(number)) inexact.push({ start, end: start + number.length });
    },
  });
  return { names, inexact };
}

/** The members of all objects in a JSON value. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += countMembers(element);
  } else {
    const members = value as Record<string, unknown>;
    for (const name in members) count += 1 + countMembers(members[name]);
  }
  return count;
}

/** Two spellings of one name, with escapes and without, are the same name. */
function namedTwice(text: string): GraphError {
  const open: Set<string>[] = [];
  let twice: string | undefined;
  walk(text, {
    open() {
      open.push(new Set());
    },
    close() {
      open.pop();
    },
    name({ start, end }) {
      const name = JSON.parse(text.slice(start, end)) as string;
      const names = open.at(-1)!;
      if (names.has(name)) twice ??= name;
      names.add(name);
    },
    number() {
      // Has no name.
    },
  });
  return refusal(
    `The request body is ambiguous: it names '${shorten(twice ?? '')}' twice in one object.`,
  );
}

/** What is met on the way through a JSON text. */
interface Visitor {
  /** An object or an array begins. */
  open: () => void;
  close: () => void;
  /** A member's name, in its quotes. */
  name: (quoted: Span) => void;
  number: (written: string, start: number) => void;
}

/** Relies on `text` being valid JSON. */
function walk(text: string, visitor: Visitor): void {
  let start = 0;
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      start = at;
      end = findClosingQuote(text, at) + 1;
      at = end - 1;
    } else if (unit === COLON) {
      visitor.name({ start, end });
    } else if (unit === 0x7b || unit === 0x5b) {
      visitor.open();
    } else if (unit === 0x7d || unit === 0x5d) {
      visitor.close();
    } else if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) {
      const number = readNumber(text, at);
      visitor.number(number, at);
      at += number.length - 1;
    }
  }
}

function replaceAll(text: string, spans: readonly Span[], replacement: string): string {
  let from = 0;
  const parts = spans.map(({ start, end }) => {
    const part = text.slice(from, start) + replacement;
    from = end;
    return part;
  });
  return parts.join('') + text.slice(from);
}

function findClosingQuote(text: string, opening: number): number {
  for (let at = opening + 1; ; at += 1) {
    at = text.indexOf('"', at);
    let backslashes = 0;
    while (text.charAt(at - 1 - backslashes) === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
}

function readNumber(text: string, start: number): string {
  NUMBER.lastIndex = start;
  return NUMBER.exec(text)![0];
}

/** Whether the double that JSON.parse makes of a number says, in its shortest text, the same number. */
function isExact(written: string): boolean {
  if (written.length <= SAFE_DECIMAL_LENGTH && !/e/i.test(written)) return true;
  if (written.length > MAX_NUMBER_LENGTH) return false;
  return toDecimal(written) === toDecimal(String(Number(written)));
}

/** A number's digits and power of ten, in the one form that equal numbers share. */
function toDecimal(written: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(written) ?? [];
  if (whole === undefined) return written;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const kept = withoutTrailingZeros(digits);
  if (kept === '') return '0';
  return `${sign ?? ''}${kept}e${String(Number(exponent) - fraction.length + digits.length - kept.length)}`;
}

/** A pattern would begin anew at each zero inside, and take the square of the time. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charAt(end - 1) === '0') end -= 1;
  return digits.slice(0, end);
}

function refusal(message: string, cause?: unknown): GraphError {
  return new GraphError('BadRequest', message, { cause });
}

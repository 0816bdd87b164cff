/**
 * How large a page is, and where it begins: `$top`, `$skip`, `$count` (Graph's meaning of `$top`: a
 * page's size).
 */
import { GraphError } from '../../errors/graph-error.js';

/** The most entities that one page holds. Who asks for more is led on by a link. */
export const MAX_TOP = 1000;

export const DEFAULT_PAGE_SIZE = 100;

/**
 * About how long a page may become: it is held in memory until it is sent. One of long texts ends
 * earlier than `$top` says.
 */
export const MAX_PAGE_CHARACTERS = 1_048_576;

export function parseTop(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_TOP);
  throw refusal('$top', 'an integer of at least 0');
}

/** What is beyond every collection is as good as any larger number. */
export function parseSkip(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  throw refusal('$skip', 'an integer of at least 0');
}

export function parseCount(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  throw refusal('$count', "'true' or 'false'");
}

function refusal(target: string, rule: string): GraphError {
  return new GraphError('BadRequest', `'${target}' must be ${rule}.`, { target });
}

/**
 * Entity tags and the conditions made of them (RFC 9110, 8.8.3 and 13.1). Ours are weak:
 * `W/"<revision>"`.
 */
import { GraphError } from '../../errors/graph-error.js';

/**
 * 36 to the power of five: what is below it, and what is above, are integers that V8 writes
 * quickly. It takes twenty times as long for larger ones.
 */
const LOWER_DIGITS = 5;
const LOWER_BASE = 36 ** LOWER_DIGITS;

export function toEntityTag(revision: number): string {
  return `W/"${toBase36(revision)}"`;
}

function toBase36(revision: number): string {
  const upper = Math.floor(revision / LOWER_BASE);
  const lower = (revision - upper * LOWER_BASE).toString(36);
  return upper === 0 ? lower : upper.toString(36) + lower.padStart(LOWER_DIGITS, '0');
}

/** The same as JSON has it. */
export function toJsonEntityTag(revision: number): string {
  return `"W/\\"${toBase36(revision)}\\""`;
}

/** Whether an `If-None-Match` names this tag, by weak comparison, or any (`*`). */
export function isAnyMatch(header: string | undefined, entityTag: string | undefined): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = entityTag?.replace(/^W\//, '');
  const named: readonly (string | undefined)[] = header.match(/"[^"]*"/g) ?? [];
  return named.includes(opaque);
}

/**
 * Throws `PreconditionFailed` where an `If-Match` names another tag. The comparison is weak,
 * because OData's tags are (4.01 Protocol, 8.2.4). A resource without a tag, such as a collection,
 * matches `*` alone.
 */
export function requireMatch(header: string | undefined, entityTag: string | undefined): void {
  if (header === undefined || isAnyMatch(header, entityTag)) return;
  throw new GraphError(
    'PreconditionFailed',
    entityTag === undefined
      ? "There is no entity tag here that 'If-Match' could name: leave the header out."
      : "The entity is not the one that 'If-Match' names: read it again, and use its new ETag.",
  );
}

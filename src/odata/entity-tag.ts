/** Entity tags (RFC 9110, 8.8.3 and 13.1.2). Ours are weak: `W/"<revision>"`. */

export function toEntityTag(revision: number): string {
  return `W/"${revision.toString(36)}"`;
}

/** Whether an `If-None-Match` names this tag, by weak comparison, or any (`*`). */
export function isAnyMatch(header: string | undefined, entityTag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = entityTag.replace(/^W\//, '');
  const named: readonly string[] = header.match(/"[^"]*"/g) ?? [];
  return named.includes(opaque);
}

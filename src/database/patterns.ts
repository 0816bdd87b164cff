/** Patterns of callers, as the service matches them: in linear time (RE2). */
import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

import { MAX_PATTERN_STEPS } from '../odata/expressions/pattern.js';

/**
 * The patterns of one request stay compiled while it runs, and those of the one before it: a class
 * of letters takes kilobytes.
 */
const MAX_CACHED_STEPS = 2 * MAX_PATTERN_STEPS;

const compiled = new LRUCache<string, RE2JS>({
  maxSize: MAX_CACHED_STEPS,
  sizeCalculation: (pattern) => pattern.programSize(),
});

/** Returns `undefined` for what is no pattern. */
export function compilePattern(pattern: string): RE2JS | undefined {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  try {
    const made = RE2JS.compile(pattern);
    compiled.set(pattern, made);
    return made;
  } catch {
    return undefined;
  }
}

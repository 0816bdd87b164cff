import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { toEntityTag, toJsonEntityTag } from './entity-tag.js';

describe('toEntityTag', () => {
  it.each([
    [0],
    [1],
    [35],
    [36 ** 5 - 1],
    [36 ** 5],
    [36 ** 5 + 1],
    [36 ** 6],
    [1_763_000_000_000_123],
  ])('writes the revision %d to the base of 36', (revision) => {
    expect(toEntityTag(revision)).toBe(`W/"${revision.toString(36)}"`);
  });

  it('writes any revision as V8 does, and the same in JSON', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (revision) => {
        expect(toEntityTag(revision)).toBe(`W/"${revision.toString(36)}"`);
        expect(toJsonEntityTag(revision)).toBe(JSON.stringify(toEntityTag(revision)));
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';

import { newEntityId } from './entity-id.js';

describe('newEntityId', () => {
  it('makes UUIDs of version 7 that are in order, and no two alike', () => {
    const before = Date.now();
    const keys = Array.from({ length: 20_000 }, newEntityId);
    const time = Number.parseInt(keys[0]!.replace('-', '').slice(0, 12), 16);

    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.toSorted()).toEqual(keys);
    expect(
      keys.filter(
        (key) => !/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(key),
      ),
    ).toEqual([]);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });
});

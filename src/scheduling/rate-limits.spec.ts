import { describe, expect, it } from '@jest/globals';

import { READ_PERMISSIONS, WRITE_PERMISSIONS } from '../auth/permissions.js';
import { RateLimits } from './rate-limits.js';

const LIMIT = { writes: 1, requests: 2, seconds: 3600 };
const TOO_MANY = expect.objectContaining({ code: 'TooManyRequests' });

describe('RateLimits', () => {
  it('counts nobody where there is no limit, and no request without a caller', () => {
    const [none, limited] = [new RateLimits(undefined), new RateLimits(LIMIT)];
    for (let i = 0; i < 5; i += 1) {
      none.admit('a', WRITE_PERMISSIONS);
      limited.admit(undefined, 'anybody');
    }

    expect(() => {
      limited.admit('a', WRITE_PERMISSIONS);
    }).not.toThrow();
  });

  it('does not count what it refuses', () => {
    const limits = new RateLimits(LIMIT);
    limits.admit('a', WRITE_PERMISSIONS);
    for (let i = 0; i < 5; i += 1) {
      expect(() => {
        limits.admit('a', WRITE_PERMISSIONS);
      }).toThrow(TOO_MANY);
    }

    expect(() => {
      limits.admit('a', READ_PERMISSIONS);
    }).not.toThrow();
  });

  it.each([
    ['many callers', 10_001, ''],
    ['callers with long names', 200, 'x'.repeat(30_000)],
  ])(
    'forgets whom it has not heard of for longest, so that %s take no memory',
    (_, count, tail) => {
      const limits = new RateLimits(LIMIT);
      const write = (caller: number) => () => {
        limits.admit(`${String(caller)}${tail}`, WRITE_PERMISSIONS);
      };
      for (let caller = 0; caller < count; caller += 1) write(caller)();

      expect(write(count - 1)).toThrow(TOO_MANY);
      expect(write(0)).not.toThrow();
    },
  );
});
